import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AuthorizationMemory } from '../../domain/authorization-memory.js';
import { misuse } from '../../domain/misuse.js';
import { pendingLifetimeMs } from '../../domain/pending-authorization.js';
import { keep, put } from '../../domain/record-change.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';
import type { HostTime } from '../store/host-time.js';
import type { UseCase } from '../use-case/use-case-error.js';

export interface AuthorizeOptions {
  /** Where the browser comes back to; the preset's or registered one when left out. */
  readonly redirectUri?: string | undefined;
  readonly scope?: string | undefined;
  /** The shop to connect, where each has an address of its own. */
  readonly storeUrl?: string | undefined;
}

/** Where to send the browser, and until when it has to be back. */
export interface StartedAuthorization {
  readonly url: URL;
  /**
   * Single use, and bound to the key: `callback` checks that. That the browser which comes back is the one you sent away, only
   * you can check: keep it in that browser's session and compare (RFC 6749 §10.12).
   */
  readonly state: string;
  readonly expiresAt: Date;
}

export type StartAuthorization = (key: string, options: AuthorizeOptions) => UseCase<StartedAuthorization>;

/** The one-way functions that bind a state and a PKCE verifier to what is sent. */
export interface Digests {
  /** Names a pending authorization by its state without storing the state. */
  readonly stateId: (state: string) => string;
  /** Whether two texts are equal, in a time that tells nothing about where they differ. */
  readonly equal: (a: string, b: string) => boolean;
  /** RFC 7636 §4.2, S256. */
  readonly codeChallenge: (verifier: string) => string;
}

export interface StartAuthorizationDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly recordEncryption: RecordEncryption;
  readonly clock: Clock;
  readonly hostTime: HostTime;
  readonly randomness: Randomness;
  readonly events: EventSink;
  readonly digests: Digests;
}

/** A flow is forgotten so long after it has expired: hosts that have not heard the store's time may disagree by so much. */
const keptForMs = 3_600_000;
/** 256 bits, for the state and for the PKCE verifier (RFC 7636 §4.1 asks for 32 octets). */
const randomBytes = 32;

export const makeStartAuthorization = (deps: StartAuthorizationDeps): StartAuthorization => {
  const { store, accounts, recordEncryption, clock, hostTime, randomness, events, digests } = deps;

  const begin = (
    account: Account,
    options: AuthorizeOptions,
  ): UseCase<Omit<StartedAuthorization, 'expiresAt'> & { readonly memory: AuthorizationMemory }> => {
    const { authorization } = account.grant;
    if (authorization === undefined) {
      return TE.left(
        misuse(`${account.key.key} needs no authorization: its grant is ${account.grant.style}; call token()`),
      );
    }
    if (options.storeUrl !== undefined && typeof options.storeUrl !== 'string') {
      return TE.left(misuse("authorize(key, { storeUrl }): storeUrl must be a string, for example 'loja.example.com'"));
    }
    const state = randomness.token(randomBytes);
    const codeVerifier = authorization.pkce ? randomness.token(randomBytes) : undefined;
    const codeChallenge = codeVerifier === undefined ? undefined : digests.codeChallenge(codeVerifier);
    return pipe(
      authorization.begin(account.credential, { ...options, state, codeChallenge }),
      E.bimap(misuse, ({ url, memory }) => ({
        url,
        state,
        // A grant that learns the address from the callback binds the flow to a host of its own.
        memory: { ...memory, codeVerifier, tenant: account.grant.learned === undefined ? account.tenant : undefined },
      })),
      TE.fromEither,
    );
  };

  const remember = (account: Account, state: string, memory: AuthorizationMemory): UseCase<Date> => {
    const key = account.key.key;
    const id = digests.stateId(state);
    const expiresAt = hostTime.nowMs() + pendingLifetimeMs;
    // However far the clock was set forward, what browsers are out on is kept.
    const forgottenAtMs = hostTime.nowMsFor(-Infinity) - keptForMs;
    const { incarnation } = account.record;
    return pipe(
      recordEncryption.sealMemory(key, id, memory),
      TE.flatMap((sealed) =>
        pipe(
          store.putPending({ id, key, incarnation, expiresAt, sealed }, forgottenAtMs),
          TE.mapError(storeFailed(key)),
        ),
      ),
      TE.map(() => new Date(expiresAt)),
    );
  };

  /**
   * A person is about to settle it: let the next renewal ask the provider again. It is also how a process hears the store's
   * time before it dates a flow.
   */
  const liftUnavailable = ({ record }: Account): UseCase<unknown> =>
    pipe(
      store.update(record.key, (current) =>
        current?.failure?.terminal === 'account_unavailable'
          ? put({ ...current, failure: undefined }, undefined)
          : keep(undefined),
      ),
      TE.mapError(storeFailed(record.key)),
    );

  return (key, options) =>
    pipe(
      accounts.ensure(key),
      TE.flatMap((account) =>
        pipe(
          begin(account, options),
          TE.tap(() => liftUnavailable(account)),
          TE.flatMap(({ url, state, memory }) =>
            pipe(
              remember(account, state, memory),
              TE.map((expiresAt) => ({ url, state, expiresAt })),
            ),
          ),
          TE.tapIO(({ expiresAt }) => () => {
            events.emit({
              type: 'authorization_started',
              key: account.key.key,
              at: new Date(clock.nowMs()),
              expiresAt,
            });
          }),
        ),
      ),
    );
};
