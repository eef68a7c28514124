import { describe, expect, it } from 'vitest';
import { policyOf } from '../../../src/app/accounts/provider-registry.js';
import { defaultRefreshPolicy } from '../../../src/domain/refresh-policy.js';

describe('a policy over another', () => {
  it('takes what it names and leaves the rest', () => {
    expect(policyOf(defaultRefreshPolicy, { softMs: 1_000, settleMs: undefined })).toEqual({
      ...defaultRefreshPolicy,
      softMs: 1_000,
    });
  });

  it('makes room for an attempt that is shorter than the request it would hold', () => {
    expect(policyOf(defaultRefreshPolicy, { attemptTtlMs: 300 }).requestTimeoutMs).toBe(180);
    expect(policyOf(defaultRefreshPolicy, { attemptTtlMs: 60_000 }).requestTimeoutMs).toBe(25_000);
    expect(policyOf(defaultRefreshPolicy, { attemptTtlMs: 300, requestTimeoutMs: 200 }).requestTimeoutMs).toBe(200);
  });

  it('makes room for a settle window that is shorter than the notice of its recovery would allow', () => {
    expect(policyOf(defaultRefreshPolicy, { settleMs: 600 }).recoveryNoticeMs).toBe(100);
    expect(policyOf(defaultRefreshPolicy, { settleMs: 120_000 }).recoveryNoticeMs).toBe(10_000);
    expect(policyOf(defaultRefreshPolicy, { settleMs: 600, recoveryNoticeMs: 200 }).recoveryNoticeMs).toBe(200);
  });

  it('makes that room in whole milliseconds', () => {
    expect(policyOf(defaultRefreshPolicy, { attemptTtlMs: 333 }).requestTimeoutMs).toBe(199);
    expect(policyOf(defaultRefreshPolicy, { settleMs: 1_001 }).recoveryNoticeMs).toBe(166);
    expect(policyOf(defaultRefreshPolicy, { settleMs: 1 }).recoveryNoticeMs).toBe(1);
  });

  it('makes room for a cool-down outside the usual bounds', () => {
    expect(policyOf(defaultRefreshPolicy, { cooldownMinMs: 90_000 }).cooldownMaxMs).toBe(90_000);
    expect(policyOf(defaultRefreshPolicy, { cooldownMaxMs: 100 }).cooldownMinMs).toBe(100);
  });
});
