import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import {
  defaultAccount,
  isProviderId,
  makeAccountKey,
  parseAccountKey,
  parseStoredKey,
} from '../../src/domain/account-key.js';

describe('parseAccountKey', () => {
  it.each([
    ['tray/391250', 'tray', '391250', 'tray/391250'],
    ['citrusad', 'citrusad', 'default', 'citrusad/default'],
    ['citrusad/default', 'citrusad', 'default', 'citrusad/default'],
    ['centry/a/b/c', 'centry', 'a/b/c', 'centry/a/b/c'],
    ['centry//', 'centry', '/', 'centry//'],
    ['centry/ ', 'centry', ' ', 'centry/ '],
    ['centry/Ação 🔑', 'centry', 'Ação 🔑', 'centry/Ação 🔑'],
    ['My.provider_2-x/__proto__', 'My.provider_2-x', '__proto__', 'My.provider_2-x/__proto__'],
  ])('splits %j', (text, provider, account, key) => {
    expect(parseAccountKey(text)).toEqual(right({ key, provider, account }));
  });

  it.each([
    '',
    '/',
    '/391250',
    ' tray/1',
    '.tray/1',
    '-tray/1',
    '_tray/1',
    'tr ay/1',
    'tray\n/1',
    'tráy/1',
    `${'t'.repeat(65)}/1`,
  ])('refuses the provider in %j', (text) => {
    expect(parseAccountKey(text)).toEqual(
      left('the provider in a key must be 1 to 64 letters, digits, dots, hyphens or underscores'),
    );
  });

  it.each([
    'tray/',
    'tray/a\u0000',
    'tray/a\nb',
    'tray/\u007f',
    'tray/\u0085',
    'tray/\ud800',
    `tray/${'a'.repeat(513)}`,
  ])('refuses the account in %j', (text) => {
    expect(parseAccountKey(text)).toEqual(
      left('the account in a key must be 1 to 512 characters without control characters'),
    );
  });

  it.each([
    ['\u202e', 'U+202E, which changes the direction of text'],
    ['\u2066', 'U+2066, which changes the direction of text'],
    ['\u200f', 'U+200F, which changes the direction of text'],
    ['\u061c', 'U+061C, which changes the direction of text'],
    ['\u2028', 'U+2028, which separates lines'],
    ['\u2029', 'U+2029, which separates lines'],
    ['\u200b', 'U+200B, which has no width'],
    ['\u200d', 'U+200D, which has no width'],
    ['\u2060', 'U+2060, which has no width'],
    ['\ufeff', 'U+FEFF, which has no width'],
    ['\u00ad', 'U+00AD, which has no width'],
    ['\u3164', 'U+3164, which has no width'],
    ['\u180e', 'U+180E, which has no width'],
    ['\ufe0f', 'U+FE0F, which has no width'],
    ['\ufffa', 'U+FFFA, which has no width'],
    ['\u{e0041}', 'U+E0041, which has no width'],
  ])('refuses an account with a character that nobody sees, and names it: %j', (character, named) => {
    for (const account of [character, `391250${character}`, `${character}391250`]) {
      expect(parseAccountKey(`tray/${account}`)).toEqual(left(`the account in a key must not hold ${named}`));
      expect(makeAccountKey('tray', account)).toEqual(parseAccountKey(`tray/${account}`));
      expect(parseStoredKey(`tray/${account}`)).toEqual(right({ key: `tray/${account}`, provider: 'tray', account }));
    }
  });

  it('counts characters, not halves of them', () => {
    expect(isLeft(parseAccountKey(`tray/${'🔑'.repeat(512)}`))).toBe(false);
    expect(isLeft(parseAccountKey(`tray/${'🔑'.repeat(513)}`))).toBe(true);
    expect(isLeft(parseAccountKey(`${'t'.repeat(64)}/1`))).toBe(false);
  });

  it('gives a frozen key', () => {
    const parsed = parseAccountKey('tray/1');
    expect(isLeft(parsed) ? undefined : Object.isFrozen(parsed.right)).toBe(true);
  });

  it('reads back every key that can be made, as itself', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
        fc.string({ minLength: 1 }),
        (provider, account) => {
          const made = makeAccountKey(provider, account);
          if (isLeft(made)) return;
          expect(parseAccountKey(made.right.key)).toEqual(made);
        },
      ),
    );
  });
});

describe('makeAccountKey', () => {
  it('names the default account when it is told none', () => {
    expect(makeAccountKey('citrusad')).toEqual(parseAccountKey(`citrusad/${defaultAccount}`));
  });

  it('refuses a slash in a provider, so that two keys never read alike', () => {
    expect(isLeft(makeAccountKey('a/b', 'c'))).toBe(true);
  });
});

describe('isProviderId', () => {
  it.each(['tray', 'T', '0', 'a.b-c_d', 'x'.repeat(64)])('takes %s', (id) => {
    expect(isProviderId(id)).toBe(true);
  });

  it.each(['', '.', '-a', 'a/b', 'a b', 'á', 'a\n', 'x'.repeat(65)])('refuses %j', (id) => {
    expect(isProviderId(id)).toBe(false);
  });
});
