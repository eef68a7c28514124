import { describe, expect, it } from 'vitest';
import type { ClassifyError, Refusal } from '../../../src/domain/answers/classified-refusal.js';
import { judgeOAuthAnswer } from '../../../src/domain/answers/judge-oauth-answer.js';
import { answerWith, contextWith, issuedIn } from './answer-fixtures.js';

const key = 'shop/1';
const body = { failure: { code: 7 } };
const renewal = { step: 'renew', repeatable: false } as const;
const judged = (classify: ClassifyError, status = 400, asked: Parameters<typeof judgeOAuthAnswer>[2] = renewal) =>
  judgeOAuthAnswer(answerWith(status, body, { 'retry-after': '9' }), contextWith(), asked, undefined, classify);

/** What somebody without types might write. */
const saysSomethingElse: ClassifyError = new Proxy(() => undefined, { apply: () => 'a secret of the answer' });

describe('what a classifier says', () => {
  it.each<readonly [Refusal, unknown]>([
    ['invalid_grant', { _tag: 'Rejected', reason: { _tag: 'ReauthorizationRequired', key, cause: 'invalid_grant' } }],
    ['invalid_client', { _tag: 'Rejected', reason: { _tag: 'ClientRejected', key, error: 'invalid_client' } }],
    [
      'invalid_request',
      { _tag: 'Rejected', reason: { _tag: 'RequestRejected', key, error: 'invalid_request', status: 400 } },
    ],
    [
      'account_unavailable',
      { _tag: 'Rejected', reason: { _tag: 'AccountUnavailable', key, error: 'account_unavailable' } },
    ],
    ['temporarily_unavailable', { _tag: 'Unknown', why: 'temporarily_unavailable', retryAfterMs: 9_000 }],
    ['rate_limited', { _tag: 'Unsent', reason: { _tag: 'RateLimited', key, retryAfterMs: 9_000 } }],
  ])('is what became of the request: %s', (refusal, outcome) => {
    expect(judged(() => refusal)).toEqual(outcome);
  });

  it('is asked for by status and body, of a 200 without a token too', () => {
    const seen: unknown[] = [];
    const classify: ClassifyError = (answer) => {
      seen.push(answer);
      return 'invalid_grant';
    };
    expect(judged(classify, 200)).toMatchObject({ reason: { _tag: 'ReauthorizationRequired' } });
    expect(seen).toEqual([
      { status: 200, body },
      { status: 200, body },
    ]);
  });

  it('never costs a token that an answer holds', () => {
    const answer = answerWith(200, { access_token: 'a', refresh_token: 'r' });
    const outcome = judgeOAuthAnswer(answer, contextWith(), renewal, undefined, () => 'invalid_grant');
    expect(issuedIn(outcome).refreshToken?.expose()).toBe('r');
  });

  it('never ends a grant that no person gave', () => {
    const outcome = judged(() => 'invalid_grant', 400, { step: 'renew', repeatable: true });
    expect(outcome).toMatchObject({ reason: { _tag: 'RequestRejected', error: 'invalid_grant' } });
  });

  it('does not count against a status that speaks for itself', () => {
    expect(judged(() => 'invalid_grant', 503)).toMatchObject({ _tag: 'Unknown', why: 'http_503' });
    expect(judged(() => 'invalid_grant', 429)).toMatchObject({ _tag: 'Unsent' });
  });

  it('is left to RFC 6749 when it is nothing, throws or says something else', () => {
    const broken = (): never => {
      throw new Error('no');
    };
    for (const classify of [() => undefined, broken, saysSomethingElse]) {
      expect(judged(classify)).toEqual({
        _tag: 'Rejected',
        reason: { _tag: 'RequestRejected', key, error: 'http_400', status: 400 },
      });
    }
  });
});
