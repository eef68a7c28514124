import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lends `work` a directory that is deleted afterwards.
 *
 * @template A
 * @param {(directory: string) => Promise<A>} work
 */
export const inTemporaryDirectory = async (work) => {
  const directory = await mkdtemp(join(tmpdir(), 'llavero-bench-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
