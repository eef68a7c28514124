import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AttemptWay, TerminalState } from '../../domain/account-record.js';
import {
  leaveAttemptOpen,
  rejectAttempt,
  rejectRecovery,
  releaseAttempt,
  type FailureNote,
  type FinishAttempt,
  type Finished,
} from '../../domain/finish-attempt.js';
import type { Outcome } from '../../domain/outcome.js';
import { coolDownMs } from '../../domain/refresh-policy.js';
import { factsOf, failureDetail } from '../../domain/token-error-facts.js';
import { tokenError, withRetryAfter, type TokenError } from '../../domain/token-error.js';
import { accountRetryMs } from '../../domain/unavailable-account.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import { isRepeatable, type Account } from '../accounts/account.js';
import type { Drafts } from '../accounts/drafts.js';
import type { Admission, ClientPauses } from '../accounts/client-pauses.js';
import type { Persist } from './persist.js';
import { notObtained } from './unknown-outcome.js';

/** An attempt of this process: what was recorded, and when by the monotonic clock it was asked for and its request was sent. */
export interface OwnAttempt {
  readonly id: string;
  readonly way: AttemptWay;
  readonly repeat: number;
  readonly askedAtMonotonicMs: number;
  readonly sentAtMonotonicMs: number;
}

/** An outcome that brought no token. */
export type WithoutToken = Exclude<Outcome, { readonly _tag: 'Issued' }>;

/** What was written down, and what callers get to hear of it. */
export interface WrittenOutcome {
  readonly finished: Finished;
  readonly reason: TokenError;
}

/** Writes down that a request brought no token, unless the record tells that somebody knows better by now. */
export type WriteOutcome = (
  account: Account,
  attempt: OwnAttempt,
  admission: Admission,
  outcome: WithoutToken,
  onDelay: (error: TokenError) => void,
) => TE.TaskEither<TokenError, WrittenOutcome>;

export interface WriteOutcomeDeps {
  readonly drafts: Drafts;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly persist: Persist;
  readonly pauses: ClientPauses;
}

/** How an attempt ended: by a refusal, never processed, or not known. */
type Ending = 'rejected' | 'not_processed' | 'unknown';

/** Whether the first recovery waits for no settle window. */
export const recoversAtOnce = ({ policy, provider }: Pick<Account, 'policy' | 'provider'>): boolean =>
  policy.recovery === 'retry' || typeof provider.rotation === 'object';

/**
 * A refresh token is refused as `invalid_grant` too where the right credentials of another application are sent; a token is
 * dead only when the application that obtained it is told so (RFC 6749 §5.2: "was issued to another client"). A new secret
 * of the same application is no other one.
 */
const verdictOn = (
  { record, application, token, tenant }: Account,
  { way }: OwnAttempt,
  reason: TokenError,
  nowMs: number,
): TokenError => {
  if (reason._tag !== 'ReauthorizationRequired') return reason;
  const { key, obtainedBy, refreshTokenExpiresAt } = record;
  if (way !== 'fallback' && obtainedBy !== undefined && obtainedBy !== application) {
    return tokenError('ClientRejected', { key, error: 'invalid_grant', hint: 'another_client' });
  }
  if (way !== 'fallback' && isOfAnotherServer(token, tenant)) {
    return tokenError('RequestRejected', { key, error: 'invalid_grant', hint: 'another_server' });
  }
  // What was refused when it was asked again had been spent by the request whose outcome stayed unknown.
  if (way === 'recovery') return tokenError('ReauthorizationRequired', { key, cause: 'outcome_unresolved' });
  const hadExpired = reason.cause === 'invalid_grant' && (refreshTokenExpiresAt ?? Infinity) <= nowMs;
  return hadExpired ? tokenError('ReauthorizationRequired', { key, cause: 'refresh_token_expired' }) : reason;
};

/** A server that did not issue the token, as a preset with another address leads to, may know nothing of it. */
const isOfAnotherServer = (token: Account['token'], { issuer }: Account['tenant']): boolean =>
  token?.tenant?.issuer !== undefined && issuer !== undefined && token.tenant.issuer !== issuer;

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

export const makeWriteOutcome = ({ drafts, clock, randomness, persist, pauses }: WriteOutcomeDeps): WriteOutcome => {
  /** In whole milliseconds, as every time in a record is; the monotonic clock knows fractions of one. */
  const elapsedSince = ({ sentAtMonotonicMs }: OwnAttempt): number =>
    Math.floor(clock.monotonicMs() - sentAtMonotonicMs);

  const judged = (account: Account, attempt: OwnAttempt, outcome: WithoutToken): readonly [Ending, TokenError] => {
    const { key } = account.record;
    switch (outcome._tag) {
      case 'Rejected':
        return ['rejected', verdictOn(account, attempt, outcome.reason, clock.nowMs())];
      case 'Unsent':
        return ['not_processed', outcome.reason];
      case 'Unknown':
        if (isRepeatable(account)) return ['not_processed', notObtained(key, outcome)];
        return attempt.way === 'fallback'
          ? ['rejected', tokenError('ReauthorizationRequired', { key, cause: 'outcome_unresolved' })]
          : ['unknown', withRetryAfter(tokenError('OutcomeUnknown', { key, why: outcome.why }), outcome.retryAfterMs)];
    }
  };

  const noteOf = (
    account: Account,
    attempt: OwnAttempt,
    { epoch }: Admission,
    ending: Ending,
    reason: TokenError,
    retryAfterMs: number | undefined,
  ): FailureNote => {
    const { policy, client } = account;
    const terminal = ending === 'rejected' ? terminalOf(reason) : undefined;
    const fraction = randomness.fraction();
    const coolDown = (count: number): number | undefined => {
      if (terminal === 'account_unavailable') return Math.max(accountRetryMs, retryAfterMs ?? 0);
      if (terminal !== undefined) return undefined;
      if (retryAfterMs !== undefined) return Math.max(policy.cooldownMinMs, retryAfterMs);
      // The settle window is longer, unless it was over when the answer came; a recovery that waits for none is in a hurry,
      // however many failures came before it.
      if (ending === 'unknown') return policy.cooldownMinMs;
      // Counted from when the request was sent, so that a slow failure is followed by no longer a silence than a fast one.
      return Math.max(policy.cooldownMinMs, coolDownMs(policy, count, fraction) - elapsedSince(attempt));
    };
    const shared = { epoch, askedByProvider: retryAfterMs === undefined ? undefined : true, coolDownMs: coolDown };
    // The second way is only walked once the refresh token is dead, and it stays dead however that ends.
    return attempt.way === 'fallback'
      ? {
          code: 'ERR_REAUTHORIZATION_REQUIRED',
          detail: 'invalid_grant',
          terminal: 'reauthorization_required',
          ...shared,
          coolDownMs: ending === 'rejected' ? () => undefined : (count) => coolDownMs(policy, count, 0),
        }
      : { code: factsOf(reason).code, detail: failureDetail(reason), terminal, client, ...shared };
  };

  /** Made anew for each try: by the time that the store takes it, a part of the settle window may be over. */
  const ruleOf = (account: Account, attempt: OwnAttempt, ending: Ending): FinishAttempt => {
    if (ending === 'rejected') return attempt.way === 'recovery' ? rejectRecovery(attempt.repeat) : rejectAttempt;
    if (ending === 'not_processed') return releaseAttempt;
    const atOnce = attempt.repeat === 0 && recoversAtOnce(account);
    return leaveAttemptOpen(atOnce ? 0 : Math.max(0, account.policy.settleMs - elapsedSince(attempt)));
  };

  /** What the client's other accounts have to know; it is no error of this account when the store does not take it. */
  const tellOthers = (
    account: Account,
    admission: Admission,
    outcome: WithoutToken,
    reason: TokenError,
    retryAfterMs: number | undefined,
  ): TE.TaskEither<TokenError, void> => {
    if (outcome._tag === 'Unsent' && outcome.isOurs === true) return TE.right(undefined);
    switch (reason._tag) {
      case 'ReauthorizationRequired':
        // A second way of which nothing was heard needs a person all the same, and is no answer.
        if (outcome._tag === 'Unknown') return pauses.failed(account, admission, retryAfterMs);
        return pauses.succeeded(account, admission);
      case 'RequestRejected':
      case 'AccountUnavailable':
        return pauses.answered(account, admission);
      case 'ClientRejected':
        return pauses.rejected(account);
      case 'ProviderUnavailable':
      case 'OutcomeUnknown':
        return pauses.failed(account, admission, retryAfterMs);
      default:
        return TE.right(undefined);
    }
  };

  return (account, attempt, admission, outcome, onDelay) => {
    const [ending, reason] = judged(account, attempt, outcome);
    const retryAfterMs = outcome.retryAfterMs ?? factsOf(reason).retryAfterMs;
    const note = noteOf(account, attempt, admission, ending, reason, retryAfterMs);
    const rule = ruleOf(account, attempt, ending);
    const write = drafts.update(
      account.record,
      (current, serverNowMs) => rule(current, serverNowMs ?? clock.nowMs(), account.record, attempt.id, note),
      { urgent: true },
    );
    const isLimited = reason._tag === 'RateLimited' && reason.scope !== 'account';
    const limitedMs = note.coolDownMs(1) ?? 0;
    return pipe(
      isLimited ? persist(pauses.limited(account, limitedMs), account.policy, onDelay) : TE.right(undefined),
      TE.flatMap(() => persist(write, account.policy, onDelay)),
      TE.tap(() =>
        pipe(
          tellOthers(account, admission, outcome, reason, retryAfterMs),
          TE.orElse(() => TE.right<TokenError, void>(undefined)),
        ),
      ),
      TE.map((finished) => ({ finished, reason })),
    );
  };
};
