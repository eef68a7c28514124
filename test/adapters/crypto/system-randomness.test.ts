import { describe, expect, it } from 'vitest';
import { systemRandomness } from '../../../src/adapters/crypto/system-randomness.js';

const randomness = systemRandomness();

describe('systemRandomness', () => {
  it.each([
    [16, 22],
    [32, 43],
    [33, 44],
  ])('writes %d bytes as %d characters of base64url', (bytes, length) => {
    const token = randomness.token(bytes);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(token.length).toBe(length);
    expect(Buffer.from(token, 'base64url').length).toBe(bytes);
  });

  it('never gives the same text twice', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => randomness.token(16))).size).toBe(10_000);
  });

  it('gives fractions from 0 up to 1, without 1', () => {
    const fractions = Array.from({ length: 10_000 }, () => randomness.fraction());
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(new Set(fractions).size).toBeGreaterThan(9_000);
  });
});
