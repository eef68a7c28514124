import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canarySearch, type LeakForm } from './canary-search.js';

const secret = 'Zk4-Qw9~Xb7_Lm2+Hd8/Vt3=Rj6.Ny5';

const formsIn = (text: string | Uint8Array, of: string = secret): readonly LeakForm[] => {
  const search = canarySearch();
  search.add('canary', of);
  return search.find(text).map(({ form }) => form);
};

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const everyPercent = (text: string): string =>
  [...bytes(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');

/** Each way to write a piece, and the form it is found in. */
const writings: readonly (readonly [LeakForm, string, (piece: string) => string | Uint8Array])[] = [
  ['raw', 'as it is', (piece) => `<${piece}>`],
  ['raw', 'in bytes', (piece) => bytes(`<${piece}>`)],
  ['base64', 'in base64', (piece) => bytes(piece).toString('base64')],
  ['base64', 'in base64 behind a byte', (piece) => bytes(`:${piece}`).toString('base64')],
  ['base64', 'in base64 behind two bytes', (piece) => bytes(`d:${piece};`).toString('base64')],
  ['hex', 'in hex', (piece) => bytes(piece).toString('hex')],
  ['hex', 'in capital hex', (piece) => bytes(piece).toString('hex').toUpperCase()],
  ['percent-encoded', 'behind percent signs', everyPercent],
  ['escaped', 'behind JSON’s escapes', (piece) => everyPercent(piece).replaceAll('%', String.raw`\u00`)],
  ['bytes', 'as a Buffer shows itself', (piece) => inspect(bytes(piece))],
  ['bytes', 'as a Buffer in JSON', (piece) => JSON.stringify(bytes(piece))],
  ['bytes', 'as other bytes show themselves', (piece) => inspect(new Uint8Array(bytes(piece)))],
  ['two bytes a character', 'in UTF-16', (piece) => Buffer.from(piece, 'utf16le')],
];

describe('the search for canaries', () => {
  it.each(writings)('finds %s: a piece of eight characters written %s', (form, _how, write) => {
    for (let at = 0; at + 8 <= secret.length; at += 1) {
      expect(formsIn(write(secret.slice(at, at + 8)))).toContain(form);
    }
  });

  it.each(writings)('finds no %s in a piece of six characters written %s', (_form, _how, write) => {
    for (let at = 0; at + 6 <= secret.length; at += 1) {
      expect(formsIn(write(`${secret.slice(at, at + 6)}¤`))).toEqual([]);
    }
  });

  it('finds base64url, where it differs', () => {
    const odd = '>>>???~~~>>>???';
    expect(bytes(odd).toString('base64url')).toMatch(/[-_]/);
    expect(formsIn(bytes(odd).toString('base64url'), odd)).toContain('base64url');
  });

  it('finds hex of hex, which is digits alone', () => {
    const hex = '0123456789abcdef';
    expect(bytes(hex).toString('hex')).toMatch(/^\d+$/);
    expect(formsIn(bytes(hex).toString('hex'), hex)).toEqual(['hex']);
  });

  it('finds a host name, which is written small', () => {
    expect(formsIn(new URL('https://AbCdEfGhIjKlMnOpQr.example/').href, 'AbCdEfGhIjKlMnOpQr')).toEqual(['other case']);
  });

  it('finds a secret that is not ASCII in text and in bytes', () => {
    const odd = 'ключ-секрет-ключ';
    expect(formsIn(`<${odd}>`, odd)).toEqual(['raw']);
    expect(formsIn(bytes(`<${odd}>`), odd)).toEqual(['raw']);
    expect(formsIn(encodeURIComponent(odd), odd)).toEqual(['percent-encoded']);
  });

  it('says which secret it is, in which form, and where', () => {
    const search = canarySearch();
    search.add('one', 'aaaa-bbbb-cccc');
    search.add('two', 'dddd-eeee-ffff');
    expect(search.find('x dddd-eeee y aaaa-bbb')).toEqual([
      { secret: 'two', form: 'raw', piece: 'dddd-eee', at: 2 },
      { secret: 'one', form: 'raw', piece: 'aaaa-bbb', at: 14 },
    ]);
  });

  it('takes digits for what they are', () => {
    const search = canarySearch();
    search.add('token', '17672256000001a');
    expect(search.find('at 1767225600000')).toEqual([]);
    expect(search.find('25600000 1a')).toEqual([]);
    expect(search.find('5600000 01a 7256000001a')).toHaveLength(1);
    expect(() => search.add('short', 'abcdefg')).toThrow(TypeError);
    expect(() => search.add('plain', '1234567890')).toThrow(TypeError);
  });

  it('finds what a plain search finds, in any text, and nothing else', () => {
    const letters = fc.stringMatching(/^[abAB]{0,40}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[abAB]{8,24}$/), (text, canary) => {
        const pieces = Array.from({ length: canary.length - 7 }, (_, at) => canary.slice(at, at + 8));
        expect(formsIn(text, canary).includes('raw')).toBe(pieces.some((piece) => text.includes(piece)));
      }),
    );
  });

  it('finds nothing in what has nothing to do with a secret', () => {
    const text = `${randomBytes(60_000).toString('base64')} ${new Error('ordinary').stack} ${inspect(process.versions)}`;
    expect(formsIn(text, randomBytes(32).toString('base64url'))).toEqual([]);
  });
});
