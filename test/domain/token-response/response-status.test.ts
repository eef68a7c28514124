import { describe, expect, it } from 'vitest';
import { classifyStatus } from '../../../src/domain/token-response/response-status.js';
import { answerWith, contextWith } from './answer-fixtures.js';

const key = 'shop/1';
const tokens = { access_token: 'a', refresh_token: 'r' };
const judged = (status: number, json: Readonly<Record<string, unknown>> | undefined = tokens) =>
  classifyStatus(answerWith(status, json), contextWith());
const unavailable = (why: string, status: number): unknown => ({
  _tag: 'Unsent',
  reason: { _tag: 'ProviderUnavailable', key, why, status },
});

describe('a status', () => {
  it('of 429 means that nothing was processed, and that the client is limited', () => {
    for (const json of [tokens, undefined, { error: 'temporarily_unavailable' }, { error: 'invalid_grant' }]) {
      expect(judged(429, json)).toEqual({ _tag: 'Unsent', reason: { _tag: 'RateLimited', key } });
    }
  });

  it('of 503 means that nothing was processed, whatever the body says', () => {
    for (const json of [tokens, undefined, {}, { error: 'server_error' }, { error: 'invalid_grant' }]) {
      expect(judged(503, json)).toEqual(unavailable('http_503', 503));
    }
  });

  it('of a redirect means that nothing was processed, and is never followed', () => {
    for (const status of [300, 301, 302, 303, 307, 308, 399]) {
      expect(judged(status)).toEqual({
        _tag: 'Unsent',
        reason: { _tag: 'ResponseMalformed', key, why: 'redirect', status },
      });
    }
  });

  it('with temporarily_unavailable means that nothing was processed, whichever it is', () => {
    for (const status of [200, 302, 400, 401, 403, 408, 425, 500, 502, 503, 599]) {
      expect(judged(status, { error: 'temporarily_unavailable' })).toEqual(
        unavailable('temporarily_unavailable', status),
      );
    }
  });

  it('of 5xx with an error of RFC 6749 that is found beforehand means that nothing was processed', () => {
    const errors = [
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_scope',
      'access_denied',
    ];
    for (const error of errors) {
      for (const status of [500, 501, 502, 504]) expect(judged(status, { error })).toEqual(unavailable(error, status));
    }
  });

  it('leaves open whether the request was processed', () => {
    for (const status of [408, 425, 500, 502, 504, 599, 600, 100, 103, 0]) {
      expect(judged(status)).toEqual({ _tag: 'Unknown', why: `http_${status}` });
      expect(judged(status, undefined)).toEqual({ _tag: 'Unknown', why: `http_${status}` });
    }
    expect(judged(Number.NaN)).toEqual({ _tag: 'Unknown', why: 'http_NaN' });
  });

  it('of 500 with server_error, or a name that no standard has, leaves it open too', () => {
    for (const error of ['server_error', 'invalid_refresh_token', 'boom', '', null, 7, { code: 'invalid_grant' }]) {
      expect(judged(500, { error })).toEqual({ _tag: 'Unknown', why: 'http_500' });
    }
  });

  it('says nothing by itself where the body decides', () => {
    for (const status of [200, 201, 204, 299, 400, 401, 403, 404, 415, 499]) {
      expect(judged(status)).toBe(undefined);
      expect(judged(status, { error: 'server_error' })).toBe(undefined);
    }
  });
});
