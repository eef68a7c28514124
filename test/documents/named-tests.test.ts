import { describe, expect, it } from 'vitest';
import { documents } from './documents.js';
import { hasTest, missingTests, namedTests } from './named-tests.js';

const here = 'test/documents/named-tests.test.ts';

describe('the documents', () => {
  it('name no test that is not there', () => {
    const texts = documents().map(({ text }) => text);
    expect(texts.flatMap(namedTests).length).toBeGreaterThan(100);
    expect(texts.flatMap(missingTests)).toEqual([]);
  });
});

describe('a named test', () => {
  it('is read from its file and its title, also across the end of a line', () => {
    expect(
      namedTests('see `test/a.test.ts`: `does this` and\n`examples/b.test.ts`:\n`does\nthat`; `test/c.ts`: `x`'),
    ).toEqual([
      ['test/a.test.ts', 'does this'],
      ['examples/b.test.ts', 'does that'],
    ]);
  });

  it('is read from a title that links to its file', () => {
    expect(namedTests('[`does this`](../test/a.test.ts); [`file.ts`](src/file.ts), [that](test/b.test.ts)')).toEqual([
      ['test/a.test.ts', 'does this'],
    ]);
  });

  it('is there when its title stands as it is, and not as a part of another', () => {
    expect(hasTest(here, 'name no test that is not there')).toBe(true);
    expect(hasTest(here, 'name no test')).toBe(false);
    expect(hasTest(here, 'name no other test')).toBe(false);
  });

  it('is neither a group nor in a file that is not there', () => {
    expect(hasTest(here, 'a named test')).toBe(false);
    expect(hasTest('test/documents/gone.test.ts', 'name no test that is not there')).toBe(false);
    expect(missingTests('`test/documents/gone.test.ts`: `x`')).toEqual(['test/documents/gone.test.ts: x']);
  });
});
