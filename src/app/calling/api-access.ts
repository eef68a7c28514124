import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Credential } from '../../domain/credential.js';
import { misuse } from '../../domain/misuse.js';
import type { RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Clock } from '../../ports/clock.js';
import type { Provider, ProviderApi } from '../../ports/provider.js';
import type { Accounts } from '../accounts/account-repository.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { TokenRenewer } from '../renewal/single-flight-renewal.js';
import type { UseCase } from '../use-case/use-case-error.js';

/** What requests of one account to its API go by. */
export interface ApiAccess {
  /** The account's whole key. */
  readonly key: string;
  readonly api: ProviderApi;
  readonly policy: RefreshPolicy;
  /** The account's registration and generation when it was read: a token of any other goes by another reading. */
  readonly incarnation: string;
  readonly generation: number;
  readonly credential: Credential;
  readonly provider: Pick<Provider, 'id' | 'requestRate' | 'accountRequestRate'>;
  /** Fingerprint of the client id and secret in use. */
  readonly client: string;
}

/**
 * Reads an account's credential, and remembers it for as long as a cached token goes without being compared with the store.
 * What a reading finds of the account's token goes into the cache, so that the two are of one time.
 */
export interface ApiAccesses {
  readonly of: (key: string) => UseCase<ApiAccess>;
  /** Reads the account again: a token of another generation or registration may be for another address. */
  readonly again: (key: string) => UseCase<ApiAccess>;
  /** Something was registered or removed here: everything is read again. */
  readonly clear: () => void;
}

export interface ApiAccessesDeps {
  readonly providers: ProviderRegistry;
  readonly accounts: Accounts;
  readonly putInCache: TokenRenewer['putInCache'];
  readonly clock: Clock;
}

/** An account as it was read, and when, by both clocks. */
interface Remembered {
  readonly access: ApiAccess;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** What a definition's own functions throw may quote a token: the caller learns which of them threw, and no more. */
const guardedApi = (id: string, { base, placement, judgeRefusal }: ProviderApi): ProviderApi => {
  const guarded =
    <Given extends readonly unknown[], Made>(name: string, make: (...given: Given) => Made) =>
    (...given: Given): Made => {
      try {
        return make(...given);
      } catch {
        throw new TypeError(`api.${name} of ${id} threw an exception: it has to answer for whatever it is asked`);
      }
    };
  return {
    base: guarded('base', base),
    placement: guarded('placement', placement),
    judgeRefusal: judgeRefusal === undefined ? undefined : guarded('judgeRefusal', judgeRefusal),
  };
};

export const makeApiAccesses = ({ providers, accounts, putInCache, clock }: ApiAccessesDeps): ApiAccesses => {
  const known = new Map<string, Remembered>();

  /** The monotonic clock stands still while the machine sleeps; a wall clock that was set back says nothing. */
  const isRecent = ({ access: { policy }, monotonicMs, wallMs }: Remembered): boolean => {
    const byWallMs = clock.nowMs() - wallMs;
    return clock.monotonicMs() - monotonicMs < policy.recheckMs && byWallMs >= 0 && byWallMs < policy.recheckMs;
  };

  let changes = 0;

  /** What was read before a change that was made here meanwhile is used once and not remembered. */
  const remember = (access: ApiAccess, before: number): ApiAccess => {
    if (before !== changes) return access;
    const { cacheEntries } = access.policy;
    known.delete(access.key);
    const oldest = known.size >= cacheEntries ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(access.key, { access, monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() });
    return access;
  };

  const of: ApiAccesses['of'] = (text) =>
    pipe(
      TE.fromEither(providers.resolve(text)),
      TE.flatMap(({ key: { key }, provider, policy }): UseCase<ApiAccess> => {
        const { id, api } = provider;
        if (api === undefined) {
          return TE.left(misuse(`fetch() does not know the API of ${id}: use token() and call it yourself`));
        }
        const found = known.get(key);
        if (found !== undefined && isRecent(found)) return TE.right(found.access);
        const before = changes;
        return pipe(
          accounts.getOrDraft(key),
          TE.tapIO((account) => () => putInCache(account)),
          TE.map(({ credential, client, record: { incarnation, generation } }) => {
            const read = { credential, client, incarnation, generation };
            return remember({ key, api: guardedApi(id, api), policy, provider, ...read }, before);
          }),
        );
      }),
    );

  return {
    of,
    again: (key) => {
      known.delete(key);
      return of(key);
    },
    clear: () => {
      known.clear();
      changes += 1;
    },
  };
};
