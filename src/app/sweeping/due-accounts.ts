import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { clockToleranceMs } from '../../domain/refresh-policy.js';
import type { TokenError } from '../../domain/token-error.js';
import type { FoundRecord } from '../../domain/unreadable-record.js';
import type { Clock } from '../../ports/clock.js';
import type { ClaimQuery, ClaimRelease } from '../../ports/token-store.js';
import type { Ending } from './sweep-outcome.js';
import { shuffled } from './shuffled.js';

/** An account that this sweep has taken up, for so long. */
export interface ClaimedAccount {
  readonly found: FoundRecord;
  readonly claimedUntilMs: number;
}

/** What is due of one provider, claimed from the store page by page as it is asked for. */
export interface DueAccounts {
  /** Undefined when nothing more is due; Left when the store could not say. Claims at most `most` accounts at a time. */
  readonly next: (most: number) => Promise<Either<TokenError, ClaimedAccount | undefined>>;
  /** Notes how an account was left; the store is told a page at a time. */
  readonly done: (account: ClaimedAccount, ending: Ending) => void;
  /** Gives back what was claimed and not asked for, and tells the store all that it was not told yet. */
  readonly giveBack: () => Promise<void>;
  readonly ended: () => boolean;
  /** How many accounts were claimed and not asked for yet. */
  readonly ahead: () => number;
  /** How many more there may be: those ahead, and any number as long as the store has not come to its end. */
  readonly atMostLeft: () => number;
}

export interface DueAccountsDeps {
  readonly claim: (
    query: Pick<ClaimQuery, 'nowMs' | 'limit' | 'untilMs' | 'latestNotBeforeMs' | 'latestDatedMs'>,
  ) => TaskEither<TokenError, readonly FoundRecord[]>;
  readonly release: (releases: readonly ClaimRelease[]) => TaskEither<unknown, void>;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Lets everything else run that waits for the event loop. */
  readonly yieldTurn: () => Promise<void>;
  /** A page is twice as long as the one before, beginning with this: a few accounts are shared by all who sweep. */
  readonly firstPage: number;
  /** In [0, 1): sweepers that start together take the due accounts in different orders. */
  readonly fraction: () => number;
}

/** So that neither the store nor the sweep of one page holds the event loop up for long. */
export const longestPage = 50;

/**
 * An account that was claimed by a process that died is claimed by another after so long. Pages that take longer, because the
 * provider's rate is limited, are looked at twice and renewed once.
 */
export const claimForMs = 300_000;

/** No account is kept from sweeps for longer: what a later time says was said by a clock that has been set back since. */
const longestMs = 3_600_000;
/** Hosts disagree about time by less than this. */
const toleranceMs = 60_000;

export const makeDueAccounts = (deps: DueAccountsDeps): DueAccounts => {
  const { claim, release, clock, yieldTurn, fraction } = deps;
  // What falls due while a sweep goes on, or may be looked at again, is for the next one.
  const startedAtMs = clock.nowMs();
  let queue: ClaimedAccount[] = [];
  /** Kept from sweeps for a while. */
  let passedOver: ClaimRelease[] = [];
  /** Free again once this sweep is over. */
  let freed: ClaimRelease[] = [];
  let pageSize = deps.firstPage;
  let isFirst = true;
  let isLast = false;
  let reading: Promise<Either<TokenError, void>> | undefined;

  /** A release that fails costs nothing: the claim is over by itself. */
  const tellPassedOver = async (): Promise<void> => {
    const told = passedOver;
    passedOver = [];
    if (told.length > 0) await release(told)();
  };

  const readPage = async (most: number): Promise<Either<TokenError, void>> => {
    if (!isFirst) await yieldTurn();
    isFirst = false;
    await tellPassedOver();
    const limit = Math.min(longestPage, pageSize, most);
    pageSize *= 2;
    const untilMs = clock.nowMs() + claimForMs;
    const page = await claim({
      nowMs: startedAtMs,
      limit,
      untilMs,
      latestNotBeforeMs: clock.nowMs() + longestMs + toleranceMs,
      latestDatedMs: clock.nowMs() + clockToleranceMs,
    })();
    reading = undefined;
    isLast = isLeft(page) || page.right.length < limit;
    if (isLeft(page)) return page;
    queue = shuffled(page.right, fraction).map((found) => ({ found, claimedUntilMs: untilMs }));
    return right(undefined);
  };

  const ended = (): boolean => isLast && queue.length === 0;

  return {
    next: async (most) => {
      while (queue.length === 0 && !ended()) {
        reading ??= readPage(most);
        const outcome = await reading;
        if (isLeft(outcome)) return outcome;
      }
      return right(queue.shift());
    },
    done: ({ found: { key }, claimedUntilMs }, { outcome, waitMs }) => {
      // A token that was committed has ended the claim.
      if (outcome === 'renewed') return;
      if (waitMs > 0)
        passedOver.push({ key, claimedUntilMs, notBeforeMs: clock.nowMs() + Math.ceil(Math.min(longestMs, waitMs)) });
      else freed.push({ key, claimedUntilMs, notBeforeMs: undefined });
    },
    giveBack: async () => {
      await tellPassedOver();
      const free = queue.map(({ found: { key }, claimedUntilMs }) => ({ key, claimedUntilMs, notBeforeMs: undefined }));
      const all = [...freed, ...free];
      queue = [];
      freed = [];
      for (let from = 0; from < all.length; from += longestPage) {
        if (from > 0) await yieldTurn();
        await release(all.slice(from, from + longestPage))();
      }
    },
    ended,
    ahead: () => queue.length,
    atMostLeft: () => (isLast ? queue.length : Infinity),
  };
};
