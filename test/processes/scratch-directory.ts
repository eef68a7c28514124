import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUpOnce } from './left-behind.js';

/** A directory of a test's own; disposing of it deletes it, and so does the end of the test file. */
export interface ScratchDirectory extends AsyncDisposable {
  /** Without symbolic links. */
  readonly directory: string;
}

export const makeScratchDirectory = async (): Promise<ScratchDirectory> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'llavero-processes-')));
  return { directory, [Symbol.asyncDispose]: cleanUpOnce(() => rm(directory, { recursive: true, force: true })) };
};
