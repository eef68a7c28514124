import { describe, expect, it } from 'vitest';
import { sourceFilesIn } from './source-files.js';
import { suppressions } from './suppressions.js';

const found = (path: string, text: string): readonly string[] => suppressions({ path, text });

describe('a check', () => {
  it('is nowhere told to look away', () => {
    const files = ['src', 'test', 'scripts', 'examples', 'demo', 'bench'].flatMap(sourceFilesIn);
    expect(files.flatMap(suppressions)).toEqual([]);
  });
});

describe('suppressions', () => {
  it.each([
    '// eslint-disable-next-line no-console',
    '/* oxlint-disable */',
    '// @ts-ignore',
    '// @ts-nocheck',
    '// prettier-ignore',
    '/* v8 ignore next */',
    "it.skip('a', () => {});",
    "it.only('a', () => {});",
    "it.todo('a');",
    "it.skipIf(true)('a', () => {});",
    "describe.skip('a', () => {});",
    "test.concurrent.only('a', () => {});",
  ])('finds %j', (text) => {
    expect(found('test/a.ts', `\n${text}`)).toEqual(['test/a.ts:2']);
  });

  it('lets only a test expect an error of the compiler', () => {
    expect(found('test/a.ts', '// @ts-expect-error a number is no key')).toEqual([]);
    expect(found('src/a.ts', '// @ts-expect-error a number is no key')).toEqual(['src/a.ts:1']);
  });

  it.each(["const a = '// @ts-ignore';", "it('skips nothing: it.skip', () => {});", 'queue.skip(1);'])(
    'finds nothing in %j',
    (text) => {
      expect(found('test/a.ts', text)).toEqual([]);
    },
  );
});
