import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { authorizationName, beginAuthorization, commitAuthorization } from '../../domain/committing.js';
import type { AnswerWarning, Outcome } from '../../domain/outcome.js';
import { tokenError, withRetryAfter, type TokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { ObtainedCode } from '../../ports/grant.js';
import type { TokenStore } from '../../ports/token-store.js';
import { servableTokenOf, type Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';
import type { CommitToken } from '../renewal/commit-token.js';
import { notObtained } from '../renewal/unknown-outcome.js';
import type { SendTokenRequest } from '../renewal/send-token-request.js';
import type { TokenCache } from '../accounts/token-cache.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';

/** Why a code brought no token. */
export interface CodeFailure {
  readonly error: UseCaseError;
  /** The provider did not process the request, or refused it without a word about the code: the same one may be sent once more. */
  readonly notProcessed: boolean;
}

/** Sends a code, once, and commits the token that comes back under an authorization's own id. */
export type SpendCode = (
  account: Account,
  code: ObtainedCode,
  authorizationId: string,
  /** Told each time that the store refuses the token; the work goes on. */
  onDelay: (error: TokenError) => void,
) => TE.TaskEither<CodeFailure, Token>;

export interface SpendCodeDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly recordEncryption: RecordEncryption;
  readonly cache: TokenCache;
  readonly send: SendTokenRequest;
  readonly commit: CommitToken;
  readonly clock: Clock;
  readonly events: EventSink;
}

type Issued = Extract<Outcome, { _tag: 'Issued' }>;

const spent = (error: UseCaseError): CodeFailure => ({ error, notProcessed: false });
const notProcessed = (error: UseCaseError): CodeFailure => ({ error, notProcessed: true });

/** The same code must not be sent again (RFC 6749 §4.1.2), so no wait helps, whatever the provider asked for. */
const startAgain = (error: TokenError): TokenError => {
  switch (error._tag) {
    case 'ProviderUnavailable':
    case 'ResponseMalformed': {
      const { retryAfterMs: _retryAfterMs, ...rest } = error;
      return Object.freeze({ ...rest, startAgain: true });
    }
    default:
      return error;
  }
};

/** A refusal that blames the client, the request or the account has issued nothing, and says nothing of the code. */
const refused = (reason: TokenError): CodeFailure => {
  switch (reason._tag) {
    case 'ClientRejected':
    case 'RequestRejected':
    case 'AccountUnavailable':
      return notProcessed(reason);
    default:
      return spent(startAgain(reason));
  }
};

/** What was not processed may come again, and says when, also where the provider does not. */
const again = (reason: TokenError, { policy }: Account): TokenError =>
  reason._tag === 'ResponseMalformed' ? withRetryAfter(reason, reason.retryAfterMs ?? policy.cooldownMinMs) : reason;

export const makeSpendCode = (deps: SpendCodeDeps): SpendCode => {
  const { store, accounts, recordEncryption, cache, send, commit, clock, events } = deps;

  const handOut = (account: Account, askedMonotonicMs: number): UseCase<Token> => {
    const held = servableTokenOf(account);
    if (held === undefined) {
      cache.drop(account.key.key);
      const why = 'the access token or its type cannot be used';
      return TE.left(tokenError('ResponseMalformed', { key: account.key.key, why }));
    }
    return TE.right(cache.put(held, account.policy, askedMonotonicMs).token);
  };

  const warn = ({ provider, grant, key: { key } }: Account, { token, warnings }: Issued): void => {
    const isMissing = provider.refreshTokenRequired === true && !grant.repeatable && token.refreshToken === undefined;
    const all: readonly AnswerWarning[] = isMissing ? [...warnings, 'refresh_token_missing'] : warnings;
    for (const warning of all) events.emit({ type: 'warning', key, at: new Date(clock.nowMs()), warning });
  };

  const keepToken = (
    account: Account,
    code: ObtainedCode,
    authorization: string,
    issued: Issued,
    onDelay: (error: TokenError) => void,
  ): UseCase<Token> => {
    const { key, incarnation, credential: credentialRead } = account.record;
    const { token } = issued;
    const registered = { ...account.registered, ...account.grant.learned?.(code) };
    const askedMonotonicMs = clock.monotonicMs();
    return pipe(
      recordEncryption.sealCredential(key, registered),
      TE.flatMap((credential) =>
        commit(
          account,
          token,
          'authorization',
          (current, nowMs, parts) =>
            commitAuthorization(current, nowMs, { incarnation, authorization, credentialRead, credential }, parts),
          onDelay,
        ),
      ),
      TE.flatMap((committed): UseCase<Token> => {
        switch (committed._tag) {
          case 'Committed':
            warn(account, issued);
            return handOut({ ...account, record: committed.record, token }, askedMonotonicMs);
          case 'Renewed':
          case 'NewerAuthorization':
            return pipe(
              accounts.open(committed.record),
              TE.flatMap((newer) => handOut(newer, askedMonotonicMs)),
            );
          case 'NewerGeneration':
            return pipe(
              accounts.open(committed.record),
              // The token stays the one of the application that spent the code, whatever was registered meanwhile.
              TE.flatMap((newer) =>
                keepToken({ ...newer, application: account.application }, code, authorization, issued, onDelay),
              ),
            );
          case 'OtherRegistration':
          case 'Removed':
            return TE.left(tokenError('UnknownKey', { key, why: 'not_registered' }));
        }
      }),
    );
  };

  /** Its number is written before the code is sent, so that no clock says which of two authorizations is newer. */
  const named = ({ record: { key, incarnation } }: Account, id: string): UseCase<string> =>
    pipe(
      store.update(key, (current, serverNowMs) =>
        beginAuthorization(current, serverNowMs ?? clock.nowMs(), incarnation),
      ),
      TE.mapError(storeFailed(key)),
      TE.flatMap((begun) =>
        begun._tag === 'Begun'
          ? TE.right(authorizationName(begun.number, id))
          : TE.left(tokenError('UnknownKey', { key, why: 'not_registered' })),
      ),
    );

  return (account, code, authorizationId, onDelay) =>
    pipe(
      TE.fromEither(account.grant.obtain(account.credential, code)),
      TE.bindTo('request'),
      TE.bind('authorization', () => named(account, authorizationId)),
      TE.mapError(notProcessed),
      TE.bind('outcome', ({ request }) =>
        TE.fromTask<Outcome, CodeFailure>(send(account, request, { step: 'obtain', previous: undefined, code })),
      ),
      TE.flatMap(({ authorization, outcome }): TE.TaskEither<CodeFailure, Token> => {
        switch (outcome._tag) {
          case 'Issued':
            return pipe(keepToken(account, code, authorization, outcome, onDelay), TE.mapError(spent));
          case 'Rejected':
            return TE.left(refused(outcome.reason));
          case 'Unsent':
            return TE.left(notProcessed(again(outcome.reason, account)));
          case 'Unknown': {
            return TE.left(spent(startAgain(notObtained(account.key.key, outcome, '; the code may be spent'))));
          }
        }
      }),
    );
};
