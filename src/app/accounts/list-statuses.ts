import { pipe } from 'fp-ts/lib/function.js';
import { isRight } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { statusOf, type AccountState, type CredentialStatus } from '../../domain/account-state.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { isUnreadable, statusOfUnreadable, type FoundRecord } from '../../domain/unreadable-record.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from './account.js';
import type { Accounts } from './account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { ProviderRegistry } from './provider-registry.js';
import { statusOfAccount } from './status-of-account.js';
import type { ClientPauses } from './client-pauses.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';

export interface ListFilter {
  readonly provider?: string | undefined;
  readonly state?: AccountState | undefined;
}

/** One page of statuses in the order of their keys; `after` is where the next page starts, undefined after the last. */
export interface StatusPage {
  readonly statuses: readonly CredentialStatus[];
  readonly after: string | undefined;
}

export type ListStatuses = (filter: ListFilter, after: string | undefined) => UseCase<StatusPage>;

export interface ListStatusesDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly providers: ProviderRegistry;
  readonly pauses: ClientPauses;
  readonly clock: Clock;
}

const pageSize = 100;

export const makeListStatuses = ({ store, accounts, providers, pauses, clock }: ListStatusesDeps): ListStatuses => {
  /** By this process's client: a refusal is about the one that heard it, until a success of that one has lifted it. */
  const ofAccount = (account: Account): UseCase<CredentialStatus> =>
    pipe(
      account.record.failure?.terminal === 'client_rejected'
        ? pauses.standing(account)
        : TE.right({ epoch: 0, asksForAll: false }),
      TE.map(({ epoch }) => statusOfAccount(account, clock.nowMs(), epoch)),
    );

  /** An account that cannot be read or opened is told as that, and stops nobody else. */
  const status = (found: FoundRecord): UseCase<CredentialStatus> =>
    steps(function* () {
      const nowMs = clock.nowMs();
      if (isUnreadable(found)) return statusOfUnreadable(found, 'ERR_STORE_FAILED', nowMs);
      const configured = providers.find(found.provider);
      const inClear = statusOf(found, {
        client: found.failure?.clients?.at(-1) ?? '',
        epoch: 0,
        repeatable: false,
        refreshTokenRequired: configured?.provider.refreshTokenRequired,
        nowMs,
      });
      if (configured === undefined) return inClear;
      const opened = yield* $(TE.fromTask(accounts.open(found)));
      if (isRight(opened)) return yield* $(ofAccount(opened.right));
      return opened.left._tag === 'Misuse'
        ? inClear
        : Object.freeze({ ...inClear, ...statusOfUnreadable(found, factsOf(opened.left).code, nowMs) });
    });

  return (filter, after) =>
    pipe(
      store.page({ limit: pageSize, after, provider: filter.provider }),
      TE.mapError(storeFailed()),
      TE.flatMap((records) =>
        pipe(
          TE.sequenceArray(records.map(status)),
          TE.map((statuses) => ({
            statuses: statuses.filter(({ state }) => filter.state === undefined || state === filter.state),
            after: records.length < pageSize ? undefined : records.at(-1)?.key,
          })),
        ),
      ),
    );
};
