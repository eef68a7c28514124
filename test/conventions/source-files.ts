import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../../scripts/entry-points.mjs';

/** One file of the project; `path` is relative to the project and has forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const code = /\.(?:ts|mts|cts|js|mjs|cjs)$/;

/** Every file of code below a directory of the project; none when there is no such directory. */
export const sourceFilesIn = (directory: string): readonly SourceFile[] => {
  const top = join(projectRoot, directory);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && code.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => ({
      path: relative(projectRoot, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }));
};
