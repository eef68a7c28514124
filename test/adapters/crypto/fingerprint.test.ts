import { describe, expect, it } from 'vitest';
import { keyedFingerprint } from '../../../src/adapters/crypto/fingerprint.js';

const of = keyedFingerprint('a secret');

describe('keyedFingerprint', () => {
  it('gives 12 characters, the same for the same text under the same secret', () => {
    expect(of('a token, with ünïcode')).toMatch(/^[A-Za-z0-9_-]{12}$/);
    expect(keyedFingerprint('a secret')('a token')).toBe(of('a token'));
    // Stored records and notes hold it: another value means another client.
    expect(of('abc')).toBe('eLZZBtjt245-');
  });

  it('differs for another text and under another secret', () => {
    expect(of('a token ')).not.toBe(of('a token'));
    expect(keyedFingerprint('another secret')('a token')).not.toBe(of('a token'));
  });

  it('holds no piece of the text', () => {
    expect(of('0123456789abcdef')).not.toContain('0123');
  });
});
