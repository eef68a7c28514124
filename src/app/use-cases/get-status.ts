import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { statusOf, type CredentialStatus } from '../../domain/account-state.js';
import type { Clock } from '../../ports/clock.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/accounts.js';
import type { UseCase } from '../use-case-error.js';

/** Where one account stands; reads the store, sends nothing. */
export type GetStatus = (key: string) => UseCase<CredentialStatus>;

export const statusOfAccount = ({ record, client, grant }: Account, nowMs: number): CredentialStatus =>
  statusOf(record, { client, repeatable: grant.repeatable, nowMs });

export const makeGetStatus =
  ({ accounts, clock }: { readonly accounts: Accounts; readonly clock: Clock }): GetStatus =>
  (key) =>
    pipe(
      accounts.get(key),
      TE.map((account) => statusOfAccount(account, clock.nowMs())),
    );
