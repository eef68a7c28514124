import { describe, expect, it } from 'vitest';
import { errorsWithCause } from './foreign-errors.js';
import { sourceFilesIn } from './source-files.js';

const found = (text: string): readonly string[] => errorsWithCause({ path: 'a.ts', text });

describe('an error', () => {
  it('keeps no other error as its cause', () => {
    expect(sourceFilesIn('src').flatMap(errorsWithCause)).toEqual([]);
  });
});

describe('errorsWithCause', () => {
  it.each([
    "throw new Error('no', { cause: error });",
    'new TypeError(`no ${f(1)}`, { cause });',
    "class A extends Error {\n constructor(cause: unknown) { super('no', { cause }); } }",
  ])('finds %j', (text) => {
    expect(found(text).length).toBe(1);
  });

  it.each([
    "tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' })",
    "new TypeError('the cause: a missing option')",
    "f(new Error('no'), { cause: 1 })",
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });
});
