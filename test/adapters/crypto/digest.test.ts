import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { equalInConstantTime, sha256Hex } from '../../../src/adapters/crypto/digest.js';

describe('sha256Hex', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['é', '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c'],
  ])('of %j is the digest of its UTF-8', (text, digest) => {
    expect(sha256Hex(text)).toBe(digest);
  });
});

describe('equalInConstantTime', () => {
  it.each([
    ['', ''],
    ['state', 'state'],
    ['🔑', '🔑'],
  ])('holds for %j and %j', (a, b) => {
    expect(equalInConstantTime(a, b)).toBe(true);
  });

  it.each([
    ['', 'a'],
    ['state', 'State'],
    ['state', 'state '],
    ['a', 'aa'],
    ['é', 'e\u0301'],
    ['\ud800', '\ud801'],
    ['\ud800', '\ufffd'],
    ['ab', 'a\u0000b'],
  ])('does not hold for %j and %j', (a, b) => {
    expect(equalInConstantTime(a, b)).toBe(false);
  });

  it('says what === says', () => {
    const few = fc.oneof(fc.constantFrom('a', 'b', 'ab'), fc.string());
    fc.assert(
      fc.property(few, few, (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b);
      }),
    );
  });
});
