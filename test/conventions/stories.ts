import { posix } from 'node:path';
import { findImports } from './find-imports.js';
import type { SourceFile } from './source-files.js';

/** The stories of `src/app`, each a folder, in the order in which they stand on each other; `.` are the files of `src/app` itself. */
export const stories: readonly string[] = [
  'use-case',
  'store',
  'encryption',
  'accounts',
  'renewal',
  'authorizing',
  'calling',
  'sweeping',
  '.',
  'container',
  'create-llavero.ts',
  'command-line',
];

const root = 'src/app/';

/** How high a file stands; -1 for one that is in no story. */
const heightOf = (path: string): number => {
  const within = path.slice(root.length);
  const [folder = '', ...rest] = within.split('/');
  const story = rest.length > 0 || folder === 'create-llavero.ts' ? folder : '.';
  return stories.indexOf(story);
};

/** Every import in `src/app` that runs back up, from a story to one that stands on it, as a sentence. */
export const importsBackUp = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap((file) => {
    const height = heightOf(file.path);
    if (height < 0) return [`${file.path} is in no story`];
    return findImports(file.text).flatMap(({ specifier, line }) => {
      if (specifier === undefined || !specifier.startsWith('.')) return [];
      const target = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
      return target.startsWith(root) && heightOf(target) > height
        ? [`${file.path}:${line} imports ${specifier}, which stands on it`]
        : [];
    });
  });
