import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../scripts/entry-points.mjs';

/** The values that an entry point exports according to its snapshot under `api/`, in order. */
export const valuesInSnapshot = (name: string): readonly string[] =>
  [...readFileSync(join(projectRoot, 'api', `${name}.txt`), 'utf8').matchAll(/^## value (\S+)$/gm)]
    .map(([, value = '']) => value)
    .toSorted();
