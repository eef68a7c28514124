import type { AnswerContext } from '../answer-context.js';
import { rejected, unsent, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import type { TokenAnswer } from './response-status.js';
import type { AskedFor } from './classify-response.js';

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
  /** The provider is in trouble and has not processed the request: the same one may be sent again after a cool-down. */
  | 'temporarily_unavailable'
  /** Turned away unprocessed. With a 429 the whole client has to wait, with any other status this account. */
  | 'rate_limited'
  /** Turned away unprocessed because of a limit that is counted for this account alone. */
  | 'account_rate_limited';

/** What a classifier is shown of an answer that brought no token: nothing of it ever reaches a message. */
export interface RefusedAnswer {
  readonly status: number;
  /** Names in lower case; without cookies and addresses. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined when it was not a JSON object. An integer beyond 2^53 is its digits, as a text. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** The whole body, whatever it is; undefined when it could not be decoded, was cut off or was too long. */
  readonly text: string | undefined;
  /** Whether a first token was asked for, or the next. */
  readonly step: 'obtain' | 'renew';
}

/** Says what a refusal means where the provider does not use the words of RFC 6749; undefined leaves it to those. */
export type ClassifyError = (answer: RefusedAnswer) => Refusal | undefined;

/**
 * What a classifier makes of an answer. One that throws, or says something else, has said nothing; nor has one that takes a
 * body that was lost for a dead grant.
 */
export const classified = (
  { status, headers, json, text, bodyIsLost }: TokenAnswer,
  { step }: Pick<AskedFor, 'step'>,
  classify: ClassifyError | undefined,
): Refusal | undefined => {
  try {
    const refusal = classify?.({ status, headers, body: json, text, step });
    if (refusal === 'invalid_grant' && bodyIsLost === true) return undefined;
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
  'account_rate_limited',
]);

/**
 * What became of a request that was refused so. Only `invalid_grant` ends a grant, and never one that can be repeated. A limit
 * that is not told by a 429 was counted for one account, as far as anybody can know: were it the client's, each account
 * would learn so from its own first request.
 */
export const outcomeOfRefusal = (
  refusal: Refusal,
  { status }: Pick<TokenAnswer, 'status'>,
  { key }: AnswerContext,
  { repeatable }: Pick<AskedFor, 'repeatable'>,
): Outcome => {
  switch (refusal) {
    case 'invalid_client':
      return rejected(tokenError('ClientRejected', { key, error: refusal }));
    case 'account_unavailable':
      return rejected(tokenError('AccountUnavailable', { key, error: refusal }));
    case 'temporarily_unavailable':
      return unsent(tokenError('ProviderUnavailable', { key, why: refusal, status }));
    case 'rate_limited':
    case 'account_rate_limited':
      return unsent(
        tokenError('RateLimited', {
          key,
          ...(refusal === 'rate_limited' && status === 429 ? {} : { scope: 'account' }),
        }),
      );
    case 'invalid_grant':
    case 'invalid_request':
      return refusal === 'invalid_grant' && !repeatable
        ? rejected(tokenError('ReauthorizationRequired', { key, cause: refusal }))
        : rejected(tokenError('RequestRejected', { key, error: refusal, status }));
  }
};
