import type { AnswerContext } from '../answer-context.js';
import { rejected, unknown, unsent, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import type { TokenAnswer } from './answer-status.js';
import type { AskedFor } from './judge-answer.js';
import { parseRetryAfterMs } from './retry-after.js';

/** What a refused token request means, in the words of RFC 6749 §5.2 where it has one. */
export type Refusal =
  /** The code or refresh token is dead: a person has to authorize again. */
  | 'invalid_grant'
  /** The client id or secret is wrong. The grant is kept. */
  | 'invalid_client'
  /** The request itself is wrong. The grant is kept. */
  | 'invalid_request'
  /** The account is blocked, inactive or gone at the provider; it is asked about again, once an hour at most. */
  | 'account_unavailable'
  /** The provider is in trouble and may have processed the request. */
  | 'temporarily_unavailable'
  /** Turned away unread: the same request may be sent again after a rest. */
  | 'rate_limited';

/** What a classifier is shown of an answer: nothing of it ever reaches a message. */
export interface RefusedAnswer {
  readonly status: number;
  /** Undefined when it was not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Says what a refusal means where the provider does not use the words of RFC 6749; undefined leaves it to those. */
export type ClassifyError = (answer: RefusedAnswer) => Refusal | undefined;

/** What a classifier makes of an answer. One that throws, or says something else, has said nothing. */
export const classified = ({ status, json }: TokenAnswer, classify: ClassifyError | undefined): Refusal | undefined => {
  try {
    const refusal = classify?.({ status, body: json });
    return refusal !== undefined && refusals.has(refusal) ? refusal : undefined;
  } catch {
    return undefined;
  }
};

const refusals: ReadonlySet<string> = new Set<Refusal>([
  'invalid_grant',
  'invalid_client',
  'invalid_request',
  'account_unavailable',
  'temporarily_unavailable',
  'rate_limited',
]);

/** What became of a request that was refused so. Only `invalid_grant` ends a grant, and never one that can be repeated. */
export const outcomeOfRefusal = (
  refusal: Refusal,
  { status, headers }: TokenAnswer,
  { key, sentAtMs, retryAfterMaxMs }: AnswerContext,
  { repeatable }: Pick<AskedFor, 'repeatable'>,
): Outcome => {
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'], sentAtMs, retryAfterMaxMs);
  switch (refusal) {
    case 'invalid_client':
      return rejected(tokenError('ClientRejected', { key, error: refusal }));
    case 'account_unavailable':
      return rejected(tokenError('AccountUnavailable', { key, error: refusal }));
    case 'temporarily_unavailable':
      return unknown(refusal, retryAfterMs);
    case 'rate_limited':
      return unsent(tokenError('RateLimited', { key, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
    case 'invalid_grant':
    case 'invalid_request':
      return refusal === 'invalid_grant' && !repeatable
        ? rejected(tokenError('ReauthorizationRequired', { key, cause: refusal }))
        : rejected(tokenError('RequestRejected', { key, error: refusal, status }));
  }
};
