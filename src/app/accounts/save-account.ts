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
import { isSameTenant, isStillWith, otherTenant, type Tenant } from '../../domain/tenant.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';
import { tenantBy, type Account } from './account.js';
import type { ProviderRegistry } from './provider-registry.js';
import { storeFailed } from '../store/store-failed.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';

/** How fields are saved. */
export interface SaveOptions {
  /** The token stays although the account's addresses change: they lead to the server that issued it. */
  readonly keepToken?: boolean | undefined;
}

/** Creates the account, or puts these fields over its registered ones; `account` is what was found under the key. */
export type SaveAccount = (
  key: AccountKey,
  account: Account | undefined,
  fields: CredentialFields,
  options?: SaveOptions,
) => UseCase<Account>;

export interface SaveAccountDeps {
  readonly store: TokenStore;
  readonly recordEncryption: RecordEncryption;
  readonly providers: ProviderRegistry;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly find: (key: string) => UseCase<Account | undefined>;
  readonly open: (record: AccountRecord) => UseCase<Account>;
}

/** What the fields make of an account. */
interface Standing {
  readonly repeatable: boolean;
  /** A new token can be had without a person. */
  readonly renewable: boolean;
  /** There is a token, and it is this tenant's. */
  readonly usable: boolean;
  /** When it falls due. */
  readonly due: DueTimes;
  /** It is with another tenant from now on, and what was begun with the first one is not continued. */
  readonly moves: boolean;
  /** What stood against the account because of its addresses is over. */
  readonly settles: boolean;
  /** The token held, marked with the tenant that it is for, where it was not yet. */
  readonly marked: IssuedToken | undefined;
}

/** What is sealed of an account. */
interface Sealed {
  readonly credential: string;
  readonly token: string | undefined;
}

export const makeSaveAccount = (deps: SaveAccountDeps): SaveAccount => {
  const { store, recordEncryption, providers, clock, randomness, find, open } = deps;

  /** Left when the fields are not enough. */
  const standing = (
    key: AccountKey,
    account: Account | undefined,
    registered: CredentialFields,
    { keepToken = false }: SaveOptions,
  ): UseCase<Standing> =>
    pipe(
      TE.fromEither(providers.resolve(key.key)),
      TE.flatMap(({ provider, policy }) =>
        pipe(
          TE.fromEither(pipe(provider.complete(key, registered), E.mapLeft(misuse))),
          TE.map((credential) => {
            const grant = provider.grant(credential);
            const held = account?.token ?? account?.foreignToken;
            const tenant = tenantBy(grant, credential, registered, held);
            const issuer = held?.tenant ?? account?.tenant ?? tenant;
            const isForeign =
              account?.token === undefined
                ? !isStillWith(issuer, tenant, grant.repeatable)
                : !isSameTenant(account.tenant, tenant);
            const isUsable = held !== undefined && (keepToken || !isForeign);
            const moves = account !== undefined && !keepToken && !isSameTenant(account.tenant, tenant);
            return {
              repeatable: grant.repeatable,
              renewable: grant.repeatable || held?.refreshToken !== undefined,
              due: isUsable ? dueTimesOf(policy, held) : neverDue,
              moves,
              settles: moves || (held !== undefined && isForeign && (keepToken || held.tenant === undefined)),
              usable: isUsable,
              marked: held === undefined ? undefined : markedFor(held, isUsable ? tenant : issuer),
            };
          }),
        ),
      ),
    );

  const seal = (
    { key }: AccountKey,
    registered: CredentialFields,
    { marked }: Standing,
  ): TE.TaskEither<TokenError, Sealed> =>
    steps(function* () {
      const credential = yield* $(recordEncryption.sealCredential(key, registered));
      const token = marked === undefined ? undefined : yield* $(recordEncryption.sealToken(key, marked));
      return { credential, token };
    });

  const save: SaveAccount = (key, account, fields, options = {}) =>
    steps(function* () {
      const registered = { ...account?.registered, ...fields };
      const stands = yield* $(standing(key, account, registered, options));
      const sealed = yield* $(seal(key, registered, stands));
      const saved = yield* $(write(key, account?.record, sealed, stands));
      if (saved !== 'raced') return yield* $(open(saved));
      return yield* $(save(key, yield* $(find(key.key)), fields, options));
    });

  const write = (
    key: AccountKey,
    read: AccountRecord | undefined,
    { credential, token }: Sealed,
    stands: Standing,
  ): TE.TaskEither<TokenError, AccountRecord | 'raced'> => {
    const incarnation = randomness.token(12);
    return pipe(
      store.update<AccountRecord | 'raced'>(key.key, (current, serverNowMs) => {
        if (!isStill(read, current)) return keep('raced');
        const nowMs = serverNowMs ?? clock.nowMs();
        const record = current ?? newRecord(key, incarnation, nowMs);
        const next = {
          ...record,
          ...(record.failure?.terminal === 'client_rejected' ? { failure: undefined, ...stands.due } : {}),
          ...(token === undefined ? {} : { token }),
          ...(stands.settles ? { ...stands.due, ...settled(record, stands, nowMs) } : {}),
          ...(stands.moves ? { incarnation } : {}),
          credential,
          renewable: stands.renewable,
          sweepNotBefore: undefined,
          updatedAt: nowMs,
        };
        return put(next, next);
      }),
      TE.mapError(storeFailed(key.key)),
    );
  };

  return save;
};

/** A token that says already whom it is for needs no other mark. */
const markedFor = (token: IssuedToken, tenant: Tenant): IssuedToken | undefined =>
  token.tenant?.registered === tenant.registered && token.tenant !== undefined && isSameTenant(token.tenant, tenant)
    ? undefined
    : { ...token, tenant };

/**
 * What is left of an account's failure once its addresses have changed. Where a person authorizes, whatever is open for the
 * refresh token stays open, since the account may come back to the server that issued it.
 */
const settled = (
  { token, failure }: Pick<AccountRecord, 'token' | 'failure'>,
  { repeatable, usable }: Standing,
  nowMs: number,
): Partial<AccountRecord> => {
  if (repeatable) return { attempt: undefined, repeats: undefined, failure: undefined, renewedAt: undefined };
  if (usable || token === undefined) return failure?.detail === otherTenant ? { failure: undefined } : {};
  const { code } = factsOf(tokenError('ReauthorizationRequired', { key: '', cause: otherTenant }));
  return { failure: { code, detail: otherTenant, at: nowMs, count: 1, terminal: 'reauthorization_required' } };
};

/** What the new fields were merged with, and judged by, is what the store holds. */
const isStill = (read: AccountRecord | undefined, current: AccountRecord | undefined): boolean =>
  read?.incarnation === current?.incarnation &&
  read?.credential === current?.credential &&
  read?.token === current?.token;

/** A record that has no token yet. */
export const newRecord = (key: AccountKey, incarnation: string, nowMs: number): Omit<AccountRecord, 'credential'> => ({
  ...key,
  incarnation,
  generation: 0,
  renewable: false,
  invalidated: false,
  fallbackTried: false,
  createdAt: nowMs,
  updatedAt: nowMs,
});
