import { describe, expect, it } from 'vitest';
import { judgeStatus } from '../../../src/domain/answers/answer-status.js';
import { answerWith, contextWith, sentAtMs } from './answer-fixtures.js';

const tokens = { access_token: 'a', refresh_token: 'r' };
const judged = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  judgeStatus(answerWith(status, tokens, headers), contextWith());

describe('a status', () => {
  it('of 429 means that nothing was processed', () => {
    expect(judged(429)).toEqual({ _tag: 'Unsent', reason: { _tag: 'RateLimited', key: 'shop/1' } });
  });

  it('of 429 hands on how long to wait, in seconds or until a date, at most as long as is believed', () => {
    const waits = (header: string): unknown => judged(429, { 'retry-after': header });
    const limited = (retryAfterMs: number): unknown => ({
      _tag: 'Unsent',
      reason: { _tag: 'RateLimited', key: 'shop/1', retryAfterMs },
    });
    expect(waits('120')).toEqual(limited(120_000));
    expect(waits(new Date(sentAtMs + 5_000).toUTCString())).toEqual(limited(5_000));
    expect(waits('999999')).toEqual(limited(3_600_000));
  });

  it('of a redirect means that nothing was processed, and is never followed', () => {
    for (const status of [300, 301, 302, 303, 307, 308, 399]) {
      expect(judged(status)).toEqual({
        _tag: 'Unsent',
        reason: { _tag: 'ResponseMalformed', key: 'shop/1', why: 'redirect', status },
      });
    }
  });

  it('leaves open whether the request was processed', () => {
    for (const status of [408, 425, 500, 502, 503, 504, 599, 600, 100, 103, 0]) {
      expect(judged(status)).toEqual({ _tag: 'Unknown', why: `http_${status}` });
    }
    expect(judged(Number.NaN)).toEqual({ _tag: 'Unknown', why: 'http_NaN' });
  });

  it('says nothing by itself where the body decides', () => {
    expect([200, 201, 204, 299, 400, 401, 403, 404, 415, 499].map((status) => judged(status))).toEqual(
      Array.from({ length: 10 }, () => undefined),
    );
  });
});
