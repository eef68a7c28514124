import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../../scripts/entry-points.mjs';

/** One file of the project; `path` is relative to the project and has forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const code = /\.(?:ts|mts|cts|js|mjs|cjs)$/;

/** Every file of code below a directory of the project but what is installed there; none when there is no such directory. */
export const sourceFilesIn = (directory: string): readonly SourceFile[] => {
  const top = join(projectRoot, directory);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && code.test(entry.name))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
};
