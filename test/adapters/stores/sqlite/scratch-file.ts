import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a database file in a new directory of its own, which goes when the test is over. */
export const scratchFile = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'llavero-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'llavero.db');
};
