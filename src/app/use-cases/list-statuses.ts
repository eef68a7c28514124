import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { statusOf, type AccountState, type CredentialStatus } from '../../domain/account-state.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { UseCase } from '../use-case-error.js';
import { statusOfAccount } from './get-status.js';

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
  readonly clock: Clock;
}

const pageSize = 100;

export const makeListStatuses = ({ store, accounts, providers, clock }: ListStatusesDeps): ListStatuses => {
  /** A record whose provider is no longer configured is still listed, as far as it can be read without its preset. */
  const status = (record: AccountRecord): UseCase<CredentialStatus> =>
    providers.find(record.provider) === undefined
      ? TE.right(statusOf(record, { client: '', repeatable: false, nowMs: clock.nowMs() }))
      : pipe(
          accounts.open(record),
          TE.map((account) => statusOfAccount(account, clock.nowMs())),
        );

  return (filter, after) =>
    pipe(
      store.page({ limit: pageSize, after, provider: filter.provider }),
      TE.mapError(storeFailed()),
      TE.flatMap((records) =>
        pipe(
          TE.sequenceSeqArray(records.map(status)),
          TE.map((statuses) => ({
            statuses: statuses.filter(({ state }) => filter.state === undefined || state === filter.state),
            after: records.length < pageSize ? undefined : records.at(-1)?.key,
          })),
        ),
      ),
    );
};
