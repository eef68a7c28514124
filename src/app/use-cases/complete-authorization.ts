import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseAccountKey } from '../../domain/account-key.js';
import type { PendingAuthorization } from '../../domain/account-record.js';
import { parseCallbackParameters, type CallbackParameters } from '../../domain/callback-parameters.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { misuse } from '../../domain/misuse.js';
import type { Outcome } from '../../domain/outcome.js';
import { authorizationName, commitAuthorization } from '../../domain/committing.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { ObtainedCode } from '../../ports/grant.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import { heldOf, type Account } from '../accounts/account.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { Vault } from '../accounts/vault.js';
import type { CommitToken } from '../renewal/commit-token.js';
import type { Flights } from '../renewal/flights.js';
import type { Refreshed } from '../renewal/refresh-token.js';
import { notObtained } from '../renewal/not-obtained.js';
import type { SendTokenRequest } from '../renewal/send-token-request.js';
import type { TokenCache } from '../renewal/token-cache.js';
import type { UseCase, UseCaseError } from '../use-case-error.js';
import type { Digests } from './start-authorization.js';

export interface ExchangeInput {
  readonly code: string;
  readonly redirectUri?: string | undefined;
  /** The API address that came with the code (Tray). */
  readonly apiAddress?: string | undefined;
}

export interface CallbackOptions {
  /**
   * The id of the provider whose redirect URI the browser came back to. A state that was given out for any other provider is
   * refused, so that no provider can pass off another one's code as its own (RFC 9700 §4.4.2.2): give each provider a redirect
   * URI of its own, and name the provider in its route.
   */
  readonly provider?: string | undefined;
}

/** What turns a code into a token: from a browser's callback, or pasted by an operator. */
export interface CompleteAuthorization {
  /** Checks the state, once, before anything else is believed. */
  readonly fromCallback: (returned: string | URL | URLSearchParams, options?: CallbackOptions) => UseCase<Token>;
  /** Checks no state: for server-side use by an operator who holds the code. */
  readonly fromCode: (key: string, input: ExchangeInput) => UseCase<Token>;
}

export interface CompleteAuthorizationDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly vault: Vault;
  readonly cache: TokenCache;
  readonly flights: Flights<Refreshed>;
  readonly send: SendTokenRequest;
  readonly commit: CommitToken;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventSink;
  readonly digests: Digests;
}

/** What an authorization is called in the store, and when its token arrived. */
interface NamedAuthorization {
  readonly id: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** Told each time that the store refuses the token; the work goes on. */
type OnDelay = (error: TokenError) => void;

export const makeCompleteAuthorization = (deps: CompleteAuthorizationDeps): CompleteAuthorization => {
  const { store, accounts, vault, cache, flights, send, commit, clock, randomness, events, digests } = deps;

  /** A code is spent at most once (RFC 6749 §4.1.2): no retry, whatever happens. */
  const spend = (account: Account, code: ObtainedCode): UseCase<Token> => {
    const patienceEndsMs = clock.monotonicMs() + account.policy.patienceMs;
    return flights.outliving(account.key.key, (release) =>
      spendCode(account, code, (error) => {
        if (clock.monotonicMs() >= patienceEndsMs) release(error);
      }),
    );
  };

  const named = ({ obtainedAt }: IssuedToken): NamedAuthorization => ({
    id: authorizationName(obtainedAt.getTime(), randomness.token(12)),
    receivedAt: clock.nowMs(),
  });

  const spendCode = (account: Account, code: ObtainedCode, onDelay: OnDelay): UseCase<Token> =>
    pipe(
      TE.fromEither(account.grant.obtain(account.credential, code)),
      TE.flatMap((request) =>
        TE.fromTask<Outcome, UseCaseError>(send(account, request, { step: 'obtain', previous: undefined, code })),
      ),
      TE.flatMap((outcome): UseCase<Token> => {
        switch (outcome._tag) {
          case 'Issued':
            return keepToken(account, code, named(outcome.token), outcome, onDelay);
          case 'Rejected':
          case 'Unsent':
            return TE.left(outcome.reason);
          case 'Unknown':
            return TE.left(
              notObtained(account.key.key, outcome, '; the code may be spent, so start again with authorize()'),
            );
        }
      }),
    );

  const keepToken = (
    account: Account,
    code: ObtainedCode,
    authorization: NamedAuthorization,
    issued: Extract<Outcome, { _tag: 'Issued' }>,
    onDelay: OnDelay,
  ): UseCase<Token> => {
    const { key } = account.record;
    const { token, warnings } = issued;
    const registered = { ...account.registered, ...account.grant.learned?.(code) };
    const credentialRead = account.record.credential;
    return pipe(
      vault.sealCredential(key, registered),
      TE.flatMap((credential) =>
        commit(
          account,
          token,
          'authorization',
          (current, nowMs, parts) =>
            commitAuthorization(
              current,
              nowMs,
              {
                incarnation: account.record.incarnation,
                authorization: authorization.id,
                receivedAt: authorization.receivedAt,
                credentialRead,
                credential,
              },
              parts,
            ),
          onDelay,
        ),
      ),
      TE.flatMap((committed): UseCase<Token> => {
        switch (committed._tag) {
          case 'Committed':
            for (const warning of warnings) {
              events.emit({ type: 'warning', key, at: new Date(clock.nowMs()), warning });
            }
            return handOut({ ...account, record: committed.record, token });
          case 'Renewed':
          case 'Outdone':
            return pipe(accounts.open(committed.record), TE.flatMap(handOut));
          case 'Superseded':
            return pipe(
              accounts.open(committed.record),
              TE.flatMap((newer) => keepToken(newer, code, authorization, issued, onDelay)),
            );
          case 'Removed':
            return TE.left(tokenError('UnknownKey', { key, why: 'not_registered' }));
        }
      }),
    );
  };

  const handOut = (account: Account): UseCase<Token> => {
    const held = heldOf(account);
    if (held === undefined) {
      cache.drop(account.key.key);
      const why = 'the access token or its type cannot be used';
      return TE.left(tokenError('ResponseMalformed', { key: account.key.key, why }));
    }
    return TE.right(cache.hold(held, account.policy).token);
  };

  const take = (parameters: CallbackParameters): UseCase<PendingAuthorization> => {
    const state = parameters.get('state');
    if (state === undefined) return TE.left(tokenError('StateMismatch', { why: 'missing' }));
    const id = digests.stateId(state);
    return pipe(
      store.takePending(id),
      TE.mapError(storeFailed()),
      TE.flatMap((pending) =>
        pending === undefined ||
        !digests.equal(pending.id, id) ||
        E.isLeft(parseAccountKey(pending.key)) ||
        pending.expiresAt <= clock.nowMs()
          ? TE.left(tokenError('StateMismatch', { why: 'unknown' }))
          : TE.right(pending),
      ),
    );
  };

  /** The account the flow was started for, unless it was removed or disconnected since, or is another provider's. */
  const startedFor = (pending: PendingAuthorization, { provider }: CallbackOptions): UseCase<Account> =>
    pipe(
      accounts.get(pending.key),
      TE.flatMap((account) =>
        account.record.incarnation === pending.incarnation &&
        (provider ?? account.key.provider) === account.key.provider
          ? TE.right(account)
          : TE.left(tokenError('StateMismatch', { why: 'other_account' })),
      ),
    );

  const returned = (
    account: Account,
    pending: PendingAuthorization,
    parameters: CallbackParameters,
  ): UseCase<Token> => {
    const { authorization } = account.grant;
    if (authorization === undefined) return TE.left(tokenError('StateMismatch', { why: 'other_account' }));
    return pipe(
      vault.openMemory(pending.key, pending.id, pending.sealed),
      TE.flatMap((memory) => TE.fromEither(authorization.returned(account.credential, memory, parameters))),
      TE.flatMap((code) => spend(account, code)),
    );
  };

  const pastedCode = (account: Account, input: ExchangeInput): E.Either<UseCaseError, ObtainedCode> => {
    const { authorization, style } = account.grant;
    if (authorization === undefined) {
      return E.left(misuse(`${account.key.key} takes no code: its grant is ${style}; call token()`));
    }
    if (typeof input?.code !== 'string' || input.code.trim() === '') {
      return E.left(misuse('exchange(key, { code }): code must be the text that the provider showed'));
    }
    return pipe(
      authorization.pasted(account.credential, { ...input, code: input.code.trim() }),
      E.mapLeft((problem: string | TokenError) => (typeof problem === 'string' ? misuse(problem) : problem)),
    );
  };

  return {
    fromCallback: (text, options = {}) =>
      pipe(
        TE.fromEither(readReturned(text)),
        TE.flatMap((parameters) =>
          pipe(
            take(parameters),
            TE.flatMap((pending) =>
              pipe(
                startedFor(pending, options),
                TE.flatMap((account) => returned(account, pending, parameters)),
              ),
            ),
          ),
        ),
      ),
    fromCode: (key, input) =>
      pipe(
        accounts.ensure(key),
        TE.flatMap((account) =>
          pipe(
            TE.fromEither(pastedCode(account, input)),
            TE.flatMap((code) => spend(account, code)),
          ),
        ),
      ),
  };
};

const readReturned = (returned: string | URL | URLSearchParams): E.Either<UseCaseError, CallbackParameters> =>
  typeof returned === 'string' || returned instanceof URL || returned instanceof URLSearchParams
    ? parseCallbackParameters(returned)
    : E.left(misuse('callback(returned): pass the URL that the browser brought back, its query or its parameters'));
