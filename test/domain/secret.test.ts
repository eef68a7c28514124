import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Secret } from '../../src/domain/secret.js';
import { leakedPiece } from './leaked-piece.js';
import { copiedForms, printedForms } from './printed-forms.js';

const text = 'APP_ID-3452-STORE_ID-391250-bf55b2ce';
const printed = printedForms(new Secret(text));
const structure = { deep: [new Map([['key', new Secret(text)]]), new Set([new Secret(text)])] };
const nested = printedForms(structure);
const copied = copiedForms(new Secret(text));

describe('Secret', () => {
  it('gives its text to whoever asks for it', () => {
    expect(new Secret(text).expose()).toBe(text);
    expect(new Secret('').expose()).toBe('');
  });

  it.each(Object.keys(printed))('shows no piece of itself by %s', (form) => {
    expect(leakedPiece(printed[form] ?? text, text)).toBeUndefined();
  });

  it.each(Object.keys(nested))('shows no piece of itself from inside a structure by %s', (form) => {
    expect(leakedPiece(nested[form] ?? text, text)).toBeUndefined();
  });

  it.each(Object.keys(copied))('takes no piece of itself along by %s', (form) => {
    expect(leakedPiece(copied[form] ?? text, text)).toBeUndefined();
  });

  it('says that something is hidden', () => {
    expect(String(new Secret(text))).toBe('[secret]');
    expect(printed['JSON.stringify']).toBe('["[secret]",{"value":"[secret]"}]');
    expect(printed['inspect']).toBe('[secret]');
  });

  it('says the same whatever its text is, down to the length', () => {
    expect(printedForms(new Secret('x'))['inspect']).toBe(printed['inspect']);
    expect(printedForms(new Secret('x'.repeat(1_000)))['JSON.stringify']).toBe(printed['JSON.stringify']);
  });

  it('has nothing of its own to read or to change', () => {
    const secret = new Secret(text);
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(Object.isFrozen(secret)).toBe(true);
    expect(Reflect.set(secret, 'expose', () => 'other')).toBe(false);
    expect(secret.expose()).toBe(text);
  });

  it('exposes through no copy', () => {
    const copy: unknown = structuredClone(new Secret(text));
    expect(copy).not.toBeInstanceOf(Secret);
    expect(copy).toEqual({});
    expect(() => Secret.prototype.expose.call(Object.create(Secret.prototype))).toThrow(TypeError);
  });

  it('shows no piece of any text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{8,64}$/), (value) => {
        const shown = Object.values(printedForms(new Secret(value))).join('\n');
        const always = Object.values(printedForms(new Secret(''))).join('\n');
        expect(leakedPiece(shown, value)).toBe(leakedPiece(always, value));
      }),
      { numRuns: 20 },
    );
  });
});
