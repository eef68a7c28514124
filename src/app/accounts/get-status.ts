import type { CredentialStatus } from '../../domain/account-state.js';
import type { Clock } from '../../ports/clock.js';
import type { Accounts } from './account-repository.js';
import { statusOfAccount } from './status-of-account.js';
import type { ClientPauses } from './client-pauses.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';

/** Where one account stands; reads the store, sends nothing. */
export type GetStatus = (key: string) => UseCase<CredentialStatus>;

export interface GetStatusDeps {
  readonly accounts: Accounts;
  readonly pauses: ClientPauses;
  readonly clock: Clock;
}

export const makeGetStatus =
  ({ accounts, pauses, clock }: GetStatusDeps): GetStatus =>
  (key) =>
    steps(function* () {
      const account = yield* $(accounts.get(key));
      const { epoch } = yield* $(pauses.standing(account));
      return statusOfAccount(account, clock.nowMs(), epoch);
    });
