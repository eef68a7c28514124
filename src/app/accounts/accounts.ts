import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountKey } from '../../domain/account-key.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { CredentialFields } from '../../domain/credential.js';
import { dueTimesOf, neverDue, type DueTimes } from '../../domain/due-times.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { misuse } from '../../domain/misuse.js';
import { keep, put } from '../../domain/record-change.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Cipher } from '../../ports/cipher.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { StoreFailure, TokenStore } from '../../ports/token-store.js';
import type { UseCase, UseCaseError } from '../use-case-error.js';
import type { Account } from './account.js';
import type { ConfiguredProvider, ProviderRegistry } from './provider-registry.js';
import type { Vault } from './vault.js';

/** The accounts in the store, opened. */
export interface Accounts {
  /** Undefined when nothing is registered under the key. */
  readonly find: (key: string) => UseCase<Account | undefined>;
  /** `UnknownKey` when nothing is registered under the key. */
  readonly get: (key: string) => UseCase<Account>;
  /** Registers the key where its preset carries everything needed, otherwise like `get`. */
  readonly ensure: (key: string) => UseCase<Account>;
  readonly open: (record: AccountRecord) => UseCase<Account>;
  /** Creates the account, or puts these fields over its registered ones; `account` is what was found under the key. */
  readonly save: (key: AccountKey, account: Account | undefined, fields: CredentialFields) => UseCase<Account>;
}

export interface AccountsDeps {
  readonly store: TokenStore;
  readonly vault: Vault;
  readonly cipher: Cipher;
  readonly providers: ProviderRegistry;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

interface OpenedSeals {
  readonly registered: CredentialFields;
  readonly token: IssuedToken | undefined;
}

/** Whether a new token can be had without a person, and when the token held falls due. */
interface Standing {
  readonly renewable: boolean;
  readonly due: DueTimes;
}

export const storeFailed =
  (key?: string) =>
  ({ operation, why }: StoreFailure): TokenError =>
    tokenError('StoreFailed', { operation, why, ...(key === undefined ? {} : { key }) });

export const makeAccounts = ({ store, vault, cipher, providers, clock, randomness }: AccountsDeps): Accounts => {
  const assemble = (
    found: ConfiguredProvider & { readonly key: AccountKey },
    record: AccountRecord,
    { registered, token }: OpenedSeals,
  ): E.Either<UseCaseError, Account> =>
    pipe(
      found.provider.complete(found.key, registered),
      E.mapLeft(misuse),
      E.map((credential) => ({
        ...found,
        record,
        registered,
        credential,
        token,
        grant: found.provider.grant(credential),
        client: cipher.fingerprint(`${credential.clientId}\n${credential.clientSecret.expose()}`),
      })),
    );

  const openToken = (record: AccountRecord): TE.TaskEither<TokenError, IssuedToken | undefined> =>
    record.token === undefined ? TE.right(undefined) : vault.openToken(record.key, record.token);

  const openSeals = (record: AccountRecord): TE.TaskEither<TokenError, OpenedSeals> =>
    pipe(
      vault.openCredential(record.key, record.credential),
      TE.flatMap((registered) =>
        pipe(
          openToken(record),
          TE.map((token) => ({ registered, token })),
        ),
      ),
    );

  const openAs = (found: ConfiguredProvider & { readonly key: AccountKey }, record: AccountRecord): UseCase<Account> =>
    pipe(
      openSeals(record),
      TE.flatMap((opened) => TE.fromEither(assemble(found, record, opened))),
    );

  const open = (record: AccountRecord): UseCase<Account> =>
    pipe(
      TE.fromEither(providers.resolve(record.key)),
      TE.flatMap((found) => openAs(found, record)),
    );

  const find = (text: string): UseCase<Account | undefined> =>
    pipe(
      TE.fromEither(providers.resolve(text)),
      TE.flatMap((found) =>
        pipe(
          store.read(found.key.key),
          TE.mapError(storeFailed(found.key.key)),
          TE.flatMap((record) => (record === undefined ? TE.right(undefined) : openAs(found, record))),
        ),
      ),
    );

  /** What the fields make of the record besides the sealed credential. Left when they are not enough. */
  const standing = (key: AccountKey, account: Account | undefined, registered: CredentialFields): UseCase<Standing> =>
    pipe(
      TE.fromEither(providers.resolve(key.key)),
      TE.flatMap(({ provider, policy }) =>
        pipe(
          TE.fromEither(pipe(provider.complete(key, registered), E.mapLeft(misuse))),
          TE.map((credential) => ({
            renewable: provider.grant(credential).repeatable || account?.token?.refreshToken !== undefined,
            due: account?.token === undefined ? neverDue : dueTimesOf(policy, account.token),
          })),
        ),
      ),
    );

  const save = (key: AccountKey, account: Account | undefined, fields: CredentialFields): UseCase<Account> => {
    const registered = { ...account?.registered, ...fields };
    return pipe(
      standing(key, account, registered),
      TE.flatMap((stands) =>
        pipe(
          vault.sealCredential(key.key, registered),
          TE.flatMap((credential) => write(key, account?.record, credential, stands)),
        ),
      ),
      TE.flatMap((saved) =>
        saved === 'raced'
          ? pipe(
              find(key.key),
              TE.flatMap((found) => save(key, found, fields)),
            )
          : open(saved),
      ),
    );
  };

  const write = (
    key: AccountKey,
    read: AccountRecord | undefined,
    credential: string,
    { renewable, due }: Standing,
  ): TE.TaskEither<TokenError, AccountRecord | 'raced'> => {
    const incarnation = randomness.token(12);
    return pipe(
      store.update<AccountRecord | 'raced'>(key.key, (current, serverNowMs) => {
        if (!isStill(read, current)) return keep('raced');
        const nowMs = serverNowMs ?? clock.nowMs();
        const record = current ?? newRecord(key, incarnation, nowMs);
        const lifted = record.failure?.terminal === 'client_rejected' ? { failure: undefined, ...due } : {};
        const next = { ...record, ...lifted, credential, renewable, updatedAt: nowMs };
        return put(next, next);
      }),
      TE.mapError(storeFailed(key.key)),
    );
  };

  const unknownKey = (text: string): UseCase<never> =>
    pipe(
      TE.fromEither(providers.resolve(text)),
      TE.flatMap(({ key }) => TE.left(tokenError('UnknownKey', { key: key.key, why: 'not_registered' }))),
    );

  const get = (text: string): UseCase<Account> =>
    pipe(
      find(text),
      TE.flatMap((account) => (account === undefined ? unknownKey(text) : TE.right(account))),
    );

  const ensure = (text: string): UseCase<Account> =>
    pipe(
      find(text),
      TE.flatMap((account) => (account === undefined ? registerFromPreset(text) : TE.right(account))),
    );

  const registerFromPreset = (text: string): UseCase<Account> =>
    pipe(
      TE.fromEither(providers.resolve(text)),
      TE.flatMap(({ key, provider }): UseCase<Account> => {
        const complete = provider.complete(key, {});
        return E.isRight(complete)
          ? save(key, undefined, {})
          : TE.left(tokenError('UnknownKey', { key: key.key, why: 'not_registered', missing: complete.left }));
      }),
    );

  return { find, get, ensure, open, save };
};

/** What the new fields were merged with, and judged by, is what the store holds. */
const isStill = (read: AccountRecord | undefined, current: AccountRecord | undefined): boolean =>
  read?.incarnation === current?.incarnation &&
  read?.credential === current?.credential &&
  read?.token === current?.token;

const newRecord = (key: AccountKey, incarnation: string, nowMs: number): Omit<AccountRecord, 'credential'> => ({
  ...key,
  incarnation,
  generation: 0,
  renewable: false,
  invalidated: false,
  fallbackTried: false,
  createdAt: nowMs,
  updatedAt: nowMs,
});
