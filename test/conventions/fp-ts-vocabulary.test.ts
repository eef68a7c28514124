import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';
import { sourceFilesIn } from './source-files.js';

const decision = readFileSync(join(projectRoot, 'docs/decisions/0001-taskeither-inside-promise-outside.md'), 'utf8');

/** What is named in the rows of the decision's table, after what it is for. */
const decided = decision
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| for '))
  .flatMap((line) => [...line.matchAll(/`([a-zA-Z]+)`/g)].map(([, name = '']) => name));

const typeNames: readonly string[] = ['TaskEither', 'Either'];

/** The functions of fp-ts in a text, by the names `TE` and `E` of its modules or by an import of their own. */
const functionsIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/\b(?:TE|E)\.([a-zA-Z]+)/g)].map(([, name = '']) => name),
  ...[...text.matchAll(/import \{([^}]*)\} from 'fp-ts\//g)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type ')),
];

describe('the vocabulary of fp-ts', () => {
  it('is the one that decision 0001 names, and all of it', () => {
    const used = sourceFilesIn('src').flatMap(({ text }) => functionsIn(text));
    expect([...new Set(used)].filter((name) => !typeNames.includes(name)).toSorted()).toEqual(decided.toSorted());
  });

  it('has as many functions as the decision says', () => {
    expect(decision).toContain(`${decided.length} functions in all`);
  });

  it('is found in whole modules and in imports by name', () => {
    const text =
      "import { isLeft, type Either } from 'fp-ts/lib/Either.js';\npipe(a, TE.flatMap(b)); const T: E.Either";
    expect(functionsIn(text)).toEqual(['flatMap', 'Either', 'isLeft']);
  });
});
