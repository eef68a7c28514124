import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { CredentialStatus } from '../../domain/account-state.js';
import { forgetFailures } from '../../domain/revocation.js';
import { tokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Accounts } from './account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { ClientPauses } from './client-pauses.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';
import { statusOfAccount } from './status-of-account.js';

/** An operator's "try again now": forgets cool-downs and refusals, so that the next call asks the provider. Sends nothing. */
export type RetryAccount = (key: string) => UseCase<CredentialStatus>;

export interface RetryAccountDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly pauses: ClientPauses;
  readonly clock: Clock;
}

export const makeRetryAccount =
  ({ store, accounts, pauses, clock }: RetryAccountDeps): RetryAccount =>
  (text) =>
    steps(function* () {
      const account = yield* $(accounts.get(text));
      const { key } = account.record;
      yield* $(pauses.forget(account));
      const record = yield* $(
        pipe(
          store.update(key, (current, serverNowMs) => forgetFailures(current, serverNowMs ?? clock.nowMs())),
          TE.mapError(storeFailed(key)),
        ),
      );
      if (record === undefined) return yield* $(TE.left(tokenError('UnknownKey', { key, why: 'not_registered' })));
      return statusOfAccount({ ...account, record }, clock.nowMs());
    });
