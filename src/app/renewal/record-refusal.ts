import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TerminalState } from '../../domain/account-record.js';
import { accountRetryMs } from '../../domain/unavailable-account.js';
import { coolDownMs } from '../../domain/refresh-policy.js';
import {
  leaveAttemptOpen,
  rejectAttempt,
  releaseAttempt,
  type FailureNote,
  type Settled,
} from '../../domain/attempt-ending.js';
import { factsOf, failureDetail } from '../../domain/token-error-facts.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../accounts/accounts.js';
import type { Persist } from './persist.js';
import type { ProviderRests } from './provider-rests.js';

/** An attempt of this process: what was recorded, and when by the monotonic clock it was asked for. */
export interface OwnAttempt {
  readonly id: string;
  readonly way: 'first' | 'recovery' | 'fallback';
  readonly askedAtMonotonicMs: number;
}

/** How a request that brought no token ended: final, never processed, or not known. */
export type Ending = 'rejected' | 'unsent' | 'unknown';

/** Writes down that a request brought no token, unless the record tells that somebody knows better by now. */
export type RecordRefusal = (
  account: Account,
  attempt: OwnAttempt,
  ending: Ending,
  reason: TokenError,
  onDelay: (error: TokenError) => void,
) => TE.TaskEither<TokenError, Settled>;

export interface RecordRefusalDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly persist: Persist;
  readonly rests: ProviderRests;
}

const rules = { rejected: rejectAttempt, unsent: releaseAttempt, unknown: leaveAttemptOpen } as const;

export const makeRecordRefusal = (deps: RecordRefusalDeps): RecordRefusal => {
  const { store, clock, randomness, persist, rests } = deps;

  const noteOf = (
    { policy, client }: Account,
    attempt: OwnAttempt,
    ending: Ending,
    reason: TokenError,
  ): FailureNote => {
    const { code, retryAfterMs } = factsOf(reason);
    const terminal = ending === 'rejected' ? terminalOf(reason) : undefined;
    const untilSettled = policy.recovery !== 'retry' || attempt.way === 'recovery';
    const restMs = (count: number): number | undefined => {
      if (terminal === 'account_unavailable') return accountRetryMs;
      if (terminal === 'client_rejected') {
        return count > freeClients ? coolDownMs(policy, count - freeClients, randomness.fraction()) : undefined;
      }
      if (terminal !== undefined) return undefined;
      return Math.max(policy.cooldownMinMs, retryAfterMs ?? coolDownMs(policy, count, randomness.fraction()));
    };
    // The second way is only walked once the refresh token is dead, and it stays dead however that ends.
    return attempt.way === 'fallback'
      ? { code: 'ERR_REAUTHORIZATION_REQUIRED', detail: 'invalid_grant', terminal: 'reauthorization_required', restMs }
      : { code, detail: failureDetail(reason), terminal, client, restMs, untilSettled };
  };

  return (account, attempt, ending, reason, onDelay) => {
    const { key } = account.record;
    const note = noteOf(account, attempt, ending, reason);
    const write = pipe(
      store.update(key, (current, serverNowMs) =>
        rules[ending](current, serverNowMs ?? clock.nowMs(), account.record, attempt.id, note),
      ),
      TE.mapError(storeFailed(key)),
    );
    const restMs = reason._tag === 'RateLimited' ? (note.restMs(1) ?? 0) : 0;
    return pipe(
      restMs > 0 ? persist(rests.begin(account, restMs), account.policy, onDelay) : TE.right(undefined),
      TE.flatMap(() => persist(write, account.policy, onDelay)),
    );
  };
};

/** So many clients in a row may be tried at once; processes that take turns with different ones rest after that. */
const freeClients = 2;

const terminalOf = (reason: TokenError): TerminalState | undefined => {
  switch (reason._tag) {
    case 'ReauthorizationRequired':
      return 'reauthorization_required';
    case 'ClientRejected':
      return 'client_rejected';
    case 'AccountUnavailable':
      return 'account_unavailable';
    default:
      return undefined;
  }
};
