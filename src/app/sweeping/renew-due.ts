import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Account } from '../accounts/account.js';
import type { ClientPauses } from '../accounts/client-pauses.js';
import type { TokenRenewer } from '../renewal/single-flight-renewal.js';
import { mendedWithinMs, type Ending } from './sweep-outcome.js';
import type { Semaphore } from './semaphore.js';
import { endingOf, isPaused, type DueCheck } from './due-check.js';
import type { ClientQueueOf } from './client-queue.js';

/** What the accounts of one sweep share. */
export interface SweepRun {
  readonly keepWarm: boolean;
  /** As many requests as may be in flight. */
  readonly inFlight: Semaphore;
  readonly queueOf: ClientQueueOf;
  readonly pause: (ms: number) => Promise<void>;
  /** Once it aborts, nothing is begun. */
  readonly stop: AbortSignal;
}

/** Renews one account, unless it is no longer due or somebody else is at it. Never rejects. */
export type RenewDue = (found: AccountRecord, run: SweepRun) => Promise<Ending>;

export interface RenewDueDeps {
  readonly checkDue: DueCheck;
  readonly renewer: TokenRenewer;
  readonly pauses: ClientPauses;
}

export const makeRenewDue = ({ checkDue, renewer, pauses }: RenewDueDeps): RenewDue => {
  /**
   * Waits for a slot where the provider's rate is limited; while it stood in line for its turn, and while it waited, a caller
   * may have been quicker. A slot that was waited for in vain is not spare: the caller's request had the same one.
   */
  const takeSlot = async (account: Account, run: SweepRun): Promise<Either<Ending, Account>> => {
    const endingAfter = checkDue.endingAfter(account.record);
    const allowed = await pauses.check(account)();
    if (isLeft(allowed)) return left(endingAfter(allowed.left));
    if (account.provider.requestRate === undefined) return right(account);
    const lookAgain = checkDue.lookAgain(account.record, run.keepWarm);
    const still = await lookAgain();
    if (isLeft(still)) return still;
    const slot = await pauses.pace(account, run.pause)();
    return isLeft(slot) ? left(endingAfter(slot.left)) : lookAgain();
  };

  const renew = async ({ record, policy, provider }: Account, { keepWarm, stop }: SweepRun): Promise<Ending> => {
    if (stop.aborted || renewer.current(record.key) !== undefined) return { outcome: 'skipped', waitMs: 0 };
    const flight = renewer.start(record.key, {
      isEnough: (_cached, account) => !checkDue.isDue(account.record, keepWarm),
      isServable: () => true,
      patienceMs: policy.patienceMs,
      unasked: true,
      hasSlot: provider.requestRate !== undefined,
    });
    const outcome = await flight.outcome;
    if (isRight(outcome)) return { outcome: outcome.right.ours ? 'renewed' : 'skipped', waitMs: 0 };
    if (isPaused(outcome.left)) return endingOf('cooling_down', outcome.left);
    return endingOf(outcome.left._tag === 'RenewalUnderWay' ? 'skipped' : 'failed', outcome.left);
  };

  const renewInTurn = async (account: Account, run: SweepRun): Promise<Ending> => {
    const turn = run.queueOf(account);
    await turn.enter();
    try {
      const slot = await takeSlot(account, run);
      if (isLeft(slot)) return slot.left;
      await run.inFlight.enter();
    } finally {
      turn.leave();
    }
    try {
      return await renew(account, run);
    } finally {
      run.inFlight.leave();
    }
  };

  return async (found, run) => {
    try {
      const looked = await checkDue.look(found, run.keepWarm)();
      return isLeft(looked) ? looked.left : await renewInTurn(looked.right, run);
    } catch {
      // A provider's own code that throws spoils its own account only; what it threw may hold a secret.
      return { outcome: 'unreadable', waitMs: mendedWithinMs };
    }
  };
};
