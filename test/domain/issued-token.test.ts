import { describe, expect, it } from 'vitest';
import { lifetimeMs } from '../../src/domain/issued-token.js';

const obtainedAt = new Date(1_000_000);

describe('lifetimeMs', () => {
  it.each([
    [1_000_000, 0],
    [1_000_001, 1],
    [11_800_000, 10_800_000],
    [999_999, 0],
    [0, 0],
  ])('of a token obtained at 1000000 that expires at %d is %d', (expires, ms) => {
    expect(lifetimeMs({ obtainedAt, expiresAt: new Date(expires) })).toBe(ms);
  });
});
