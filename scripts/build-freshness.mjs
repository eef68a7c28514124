import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

/** Where a build keeps what it was made from; it disappears with the build. */
const record = join(projectRoot, 'dist', '.built-from');

/** Changes whenever a build made now could differ from one made before. */
export const sourceFingerprint = () => {
  const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const configuration = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(projectRoot, name));
  const hash = createHash('sha256');
  for (const file of [...configuration, ...sources])
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
};

/**
 * Remembers what `dist` was built from.
 *
 * @param {string} fingerprint taken before the build began
 */
export const recordBuild = (fingerprint) => writeFileSync(record, fingerprint);

/** Whether `dist` was built from the sources as they are. */
export const isBuildFresh = () => existsSync(record) && readFileSync(record, 'utf8') === sourceFingerprint();
