import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountKey } from '../../domain/account-key.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Credential, CredentialFields } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { misuse } from '../../domain/misuse.js';
import { isStillWith } from '../../domain/tenant.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import { tenantBy, type Account } from './account.js';
import type { Drafts } from './drafts.js';
import type { Fingerprints } from '../encryption/fingerprints.js';
import type { ConfiguredProvider, ProviderRegistry } from './provider-registry.js';
import { makeSaveAccount, newRecord, type SaveAccount } from './save-account.js';
import { storeFailed } from '../store/store-failed.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';

/** The accounts in the store, opened. */
export interface Accounts {
  /** Undefined when nothing is registered under the key. */
  readonly find: (key: string) => UseCase<Account | undefined>;
  /** `UnknownKey` when nothing is registered under the key. */
  readonly get: (key: string) => UseCase<Account>;
  /** Writes nothing: what is not registered is a draft where its preset carries everything needed, otherwise like `get`. */
  readonly getOrDraft: (key: string) => UseCase<Account>;
  /** Registers the key where its preset carries everything needed, otherwise like `get`. */
  readonly ensure: (key: string) => UseCase<Account>;
  readonly open: (record: AccountRecord) => UseCase<Account>;
  readonly save: SaveAccount;
}

export interface AccountsDeps {
  readonly store: TokenStore;
  readonly recordEncryption: RecordEncryption;
  readonly fingerprints: Fingerprints;
  readonly drafts: Drafts;
  readonly providers: ProviderRegistry;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

type FoundProvider = ConfiguredProvider & { readonly key: AccountKey };

interface OpenedSeals {
  readonly registered: CredentialFields;
  readonly token: IssuedToken | undefined;
}

export const makeAccounts = (deps: AccountsDeps): Accounts => {
  const { store, recordEncryption, fingerprints, drafts, providers, clock, randomness } = deps;

  const assemble = (
    found: FoundProvider,
    record: AccountRecord,
    { registered, token }: OpenedSeals,
  ): E.Either<UseCaseError, Account> =>
    pipe(
      found.provider.complete(found.key, registered),
      E.mapLeft(misuse),
      E.map((credential) => {
        const grant = found.provider.grant(credential);
        const tenant = tenantBy(grant, credential, registered, token);
        const isForeign = token?.tenant !== undefined && !isStillWith(token.tenant, tenant, grant.repeatable);
        return {
          ...found,
          record,
          registered,
          credential,
          grant,
          tenant,
          token: isForeign ? undefined : token,
          ...(isForeign ? { foreignToken: token } : {}),
          client: fingerprints.of(`${credential.clientId}\n${credential.clientSecret.expose()}`),
          application: fingerprints.of(credential.clientId),
        };
      }),
    );

  const openToken = (record: AccountRecord): TE.TaskEither<TokenError, IssuedToken | undefined> =>
    record.token === undefined ? TE.right(undefined) : recordEncryption.openToken(record.key, record.token);

  const openSeals = (record: AccountRecord): TE.TaskEither<TokenError, OpenedSeals> =>
    pipe(
      recordEncryption.openCredential(record.key, record.credential),
      TE.flatMap((registered) =>
        pipe(
          openToken(record),
          TE.map((token) => ({ registered, token })),
        ),
      ),
    );

  const openAs = (found: FoundProvider, record: AccountRecord): UseCase<Account> =>
    pipe(
      fingerprints.load,
      TE.flatMap(() => openSeals(record)),
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

  const save = makeSaveAccount({ store, recordEncryption, providers, clock, randomness, find, open });

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

  /** The key's provider, where its preset carries everything needed. */
  const fromPreset = (text: string): UseCase<FoundProvider & { readonly credential: Credential }> =>
    pipe(
      TE.fromEither(providers.resolve(text)),
      TE.flatMap((found) =>
        pipe(
          TE.fromEither(found.provider.complete(found.key, {})),
          TE.bimap(
            (missing) => tokenError('UnknownKey', { key: found.key.key, why: 'not_registered', missing }),
            (credential) => ({ ...found, credential }),
          ),
        ),
      ),
    );

  const registerFromPreset = (text: string): UseCase<Account> =>
    pipe(
      fromPreset(text),
      TE.flatMap(({ key }) => save(key, undefined, {})),
    );

  const newDraft = (key: AccountKey, repeatable: boolean): TE.TaskEither<TokenError, AccountRecord> =>
    pipe(
      recordEncryption.sealCredential(key.key, {}),
      TE.map((credential) => ({ ...newRecord(key, randomness.token(12), clock.nowMs()), credential })),
      TE.tapIO((record) => () => {
        // Without a person it will never be committed.
        if (repeatable) drafts.keep(record);
      }),
    );

  const draft = (text: string): UseCase<Account> =>
    pipe(
      fromPreset(text),
      TE.tap(() => fingerprints.load),
      TE.flatMap(({ credential, ...found }) => {
        const known = drafts.find(found.key.key);
        return pipe(
          known === undefined ? newDraft(found.key, found.provider.grant(credential).repeatable) : TE.right(known),
          TE.flatMap((record) => TE.fromEither(assemble(found, record, { registered: {}, token: undefined }))),
        );
      }),
    );

  const getOrDraft = (text: string): UseCase<Account> =>
    pipe(
      find(text),
      TE.flatMap((account) => {
        if (account === undefined) return draft(text);
        drafts.forget(account.record.key);
        return TE.right(account);
      }),
    );

  return { find, get, getOrDraft, ensure, open, save };
};
