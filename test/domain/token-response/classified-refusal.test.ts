import { describe, expect, it } from 'vitest';
import type { ClassifyError, Refusal, RefusedAnswer } from '../../../src/domain/token-response/classified-refusal.js';
import { classifyTokenResponse } from '../../../src/domain/token-response/classify-token-response.js';
import { answerWith, contextWith, issuedIn } from './answer-fixtures.js';

const key = 'shop/1';
const body = { failure: { code: 7 } };
const headers = { 'retry-after': '9', 'x-code': '7' };
const renewal = { step: 'renew', repeatable: false } as const;
const judged = (
  classifyError: ClassifyError,
  answer = answerWith(400, body, headers),
  asked: Parameters<typeof classifyTokenResponse>[2] = renewal,
) => classifyTokenResponse(answer, contextWith(), asked, { classifyError });

/** What somebody without types might write. */
const saysSomethingElse: ClassifyError = new Proxy(() => undefined, { apply: () => 'a secret of the answer' });

const said = { status: 400, retryAfterMs: 9_000 } as const;

describe('what a classifier says', () => {
  it.each<readonly [Refusal, unknown]>([
    ['invalid_grant', { _tag: 'Rejected', reason: { _tag: 'ReauthorizationRequired', key, cause: 'invalid_grant' } }],
    ['invalid_client', { _tag: 'Rejected', reason: { _tag: 'ClientRejected', key, error: 'invalid_client' } }],
    [
      'invalid_request',
      {
        _tag: 'Rejected',
        reason: {
          _tag: 'RequestRejected',
          key,
          error: 'invalid_request',
          status: 400,
          hint: 'dead_refresh_token',
        },
      },
    ],
    [
      'account_unavailable',
      { _tag: 'Rejected', reason: { _tag: 'AccountUnavailable', key, error: 'account_unavailable' } },
    ],
    [
      'temporarily_unavailable',
      {
        _tag: 'Unsent',
        reason: {
          _tag: 'ProviderUnavailable',
          key,
          why: 'temporarily_unavailable',
          status: 400,
          retryAfterMs: 9_000,
        },
      },
    ],
    ['rate_limited', { _tag: 'Unsent', reason: { _tag: 'RateLimited', key, retryAfterMs: 9_000, scope: 'account' } }],
    [
      'account_rate_limited',
      { _tag: 'Unsent', reason: { _tag: 'RateLimited', key, retryAfterMs: 9_000, scope: 'account' } },
    ],
  ])('is what became of the request: %s', (refusal, outcome) => {
    expect(judged(() => refusal)).toEqual({ ...said, ...Object(outcome) });
  });

  it('of a limit concerns the client when the status is 429, unless it names the account', () => {
    const limited = (refusal: Refusal) => judged(() => refusal, answerWith(429));
    expect(limited('rate_limited')).toEqual({ _tag: 'Unsent', reason: { _tag: 'RateLimited', key }, status: 429 });
    expect(limited('account_rate_limited')).toEqual({
      _tag: 'Unsent',
      reason: { _tag: 'RateLimited', key, scope: 'account' },
      status: 429,
    });
  });

  it.each([
    ['a 400', answerWith(400, body, headers)],
    ['a 200 without a token', answerWith(200, body, headers)],
    ['a 200 that is a page', answerWith(200, undefined, headers, '<html>')],
    ['a 302', answerWith(302, undefined, headers, '')],
    ['a 400 without a body', answerWith(400, undefined, {}, '')],
    ['a 408', answerWith(408, body, headers)],
    ['a 429', answerWith(429, body, headers)],
    ['a 500', answerWith(500, { error: 'server_error' }, headers)],
    ['a 503 that is a page', answerWith(503, undefined, headers, '<html>')],
    ['a body that could not be decoded', answerWith(502, undefined, headers)],
  ])('is asked for once, with everything there is: %s', (_what, answer) => {
    for (const step of ['obtain', 'renew'] as const) {
      const seen: RefusedAnswer[] = [];
      const classify: ClassifyError = (shown) => {
        seen.push(shown);
        return 'invalid_grant';
      };
      const outcome = judged(classify, answer, { step, repeatable: false });
      expect(outcome).toMatchObject({ _tag: 'Rejected', reason: { _tag: 'ReauthorizationRequired' } });
      const { status, json, text } = answer;
      expect(seen).toEqual([{ status, headers: answer.headers, body: json, text, step }]);
    }
  });

  it.each([{ access_token: 'not printable\n' }, { access_token: 7 }, { access_token: '' }])(
    'is asked for too where the only token of a first answer cannot be used: %j',
    (json) => {
      const obtained = (classify: ClassifyError) =>
        judged(classify, answerWith(200, json), { step: 'obtain', repeatable: false });
      expect(obtained(() => 'temporarily_unavailable')).toMatchObject({
        _tag: 'Unsent',
        reason: { _tag: 'ProviderUnavailable', why: 'temporarily_unavailable' },
      });
      expect(obtained(() => undefined)).toMatchObject({ _tag: 'Rejected', reason: { _tag: 'ResponseMalformed' } });
    },
  );

  it('never costs a token that an answer holds, and is not even asked for', () => {
    const asked: unknown[] = [];
    const answer = answerWith(200, { access_token: 'a', refresh_token: 'r', error: 'invalid_grant' });
    const outcome = judged((shown) => {
      asked.push(shown);
      return 'invalid_grant';
    }, answer);
    expect([issuedIn(outcome).refreshToken?.expose(), asked]).toEqual(['r', []]);
  });

  it('of a body that was lost ends no grant, and counts otherwise', () => {
    const lost = { ...answerWith(400, undefined, headers), bodyIsLost: true } as const;
    expect(judged(({ body: shown }) => (shown === undefined ? 'invalid_grant' : undefined), lost)).toMatchObject({
      _tag: 'Rejected',
      retryAfterMs: 9_000,
      reason: { _tag: 'RequestRejected', error: 'http_400' },
    });
    expect(judged(({ status }) => (status === 400 ? 'rate_limited' : undefined), lost)).toMatchObject({
      reason: { _tag: 'RateLimited', retryAfterMs: 9_000 },
    });
  });

  it('never ends a grant that no person gave', () => {
    const outcome = judged(() => 'invalid_grant', answerWith(400, body), { step: 'renew', repeatable: true });
    expect(outcome).toMatchObject({ reason: { _tag: 'RequestRejected', error: 'invalid_grant' } });
  });

  it('is left to RFC 6749 when it is nothing, throws or says something else', () => {
    const broken = (): never => {
      throw new Error('no');
    };
    for (const classify of [() => undefined, broken, saysSomethingElse]) {
      expect(judged(classify)).toEqual({
        _tag: 'Rejected',
        reason: { _tag: 'RequestRejected', key, error: 'http_400', status: 400, hint: 'dead_refresh_token' },
        ...said,
      });
      expect(judged(classify, answerWith(503))).toMatchObject({ _tag: 'Unsent' });
      expect(judged(classify, answerWith(500))).toMatchObject({ _tag: 'Unknown', why: 'http_500' });
    }
  });
});
