import { posix } from 'node:path';
import type { SourceFile } from './source-files.js';

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const ending = /(?:\.long)?(?:\.test|\.config|\.d)?\.[cm]?[jt]s$/;
const saysNothing = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'types', 'index']);

/** What is wrong with the names of these files and their directories, as sentences. */
export const nameViolations = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(({ path }) => {
    const names = [...posix.dirname(path).split('/'), posix.basename(path).replace(ending, '')];
    return names.flatMap((name) => {
      if (!kebabCase.test(name)) return [`${path}: ${name} is not in kebab case`];
      return saysNothing.has(name) ? [`${path}: ${name} does not say what is in it`] : [];
    });
  });
