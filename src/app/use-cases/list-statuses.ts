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
  /** Most of a status stands in clear. What needs the credential is left out where this process cannot read it. */
  const status = (record: AccountRecord): UseCase<CredentialStatus> => {
    const client = record.failure?.client ?? '';
    const inClear = statusOf(record, { client, repeatable: false, nowMs: clock.nowMs() });
    const needsCredential = record.failure?.terminal === 'client_rejected' || record.attempt !== undefined;
    if (!needsCredential || providers.find(record.provider) === undefined) return TE.right(inClear);
    return pipe(
      accounts.open(record),
      TE.match(
        () => inClear,
        (account) => statusOfAccount(account, clock.nowMs()),
      ),
      TE.fromTask,
    );
  };

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
