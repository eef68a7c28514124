import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { printable } from '../../src/domain/printable.js';
import { anyText } from './any-text.js';

describe('printable', () => {
  it('keeps exactly the characters RFC 6749 §5.2 admits', () => {
    const all = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code)).join('');
    const kept = printable(all, 1_000);
    expect(kept).toBe(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");
  });

  it.each([
    ['invalid_grant', 'invalid_grant'],
    ['line\r\nbreak', 'linebreak'],
    ['\u001b[31mred', '[31mred'],
    ['say "no"', 'say no'],
    ['back\\slash', 'backslash'],
    ['Token inválido', 'Token invlido'],
    ['\u202eevil', 'evil'],
    ['🔑', ''],
    ['', ''],
  ])('makes of %j', (text, kept) => {
    expect(printable(text)).toBe(kept);
  });

  it('keeps 120 characters, or as many as it is told', () => {
    expect(printable('x'.repeat(121))).toBe('x'.repeat(120));
    expect(printable('abcdef', 3)).toBe('abc');
    expect(printable('\n\n\nabcdef', 3)).toBe('abc');
    expect(printable('abc', 0)).toBe('');
  });

  it.each([undefined, null, 401, true, {}, ['invalid_grant'], { toString: () => 'x' }, Symbol('x')])(
    'makes nothing of what is no text (case %#)',
    (value) => {
      expect(printable(value)).toBe('');
    },
  );

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });
});
