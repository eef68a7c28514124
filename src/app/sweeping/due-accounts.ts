import { isLeft, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import type { FoundRecord } from '../../domain/unreadable-record.js';

/** What is due of one provider, each account once, read from the store page by page as it is asked for. */
export interface DueAccounts {
  /** Undefined when nothing more is due; Left when the store could not say. */
  readonly next: () => Promise<Either<TokenError, FoundRecord | undefined>>;
  /** The account is no longer due. */
  readonly done: () => void;
  readonly ended: () => boolean;
  /** How many accounts were read and not asked for yet. */
  readonly ahead: () => number;
}

export interface DueAccountsDeps {
  /** The most overdue `limit` accounts. */
  readonly read: (limit: number) => TaskEither<TokenError, readonly FoundRecord[]>;
  readonly pageSize: number;
  /** In [0, 1): sweepers that start together take the due accounts in different orders. */
  readonly fraction: () => number;
}

export const makeDueAccounts = ({ read, pageSize, fraction }: DueAccountsDeps): DueAccounts => {
  const seen = new Set<string>();
  let queue: FoundRecord[] = [];
  let stillDue = 0;
  let isLast = false;
  let reading: Promise<Either<TokenError, void>> | undefined;

  /** Accounts that stay due come back with every page, ahead of what is new; asking for twice as many keeps the pages few. */
  const readPage = async (): Promise<Either<TokenError, void>> => {
    const page = await read(pageSize + 2 * stillDue)();
    reading = undefined;
    if (isLeft(page)) {
      isLast = true;
      return page;
    }
    const fresh = page.right.filter(({ key }) => !seen.has(key));
    for (const { key } of fresh) seen.add(key);
    isLast = fresh.length === 0;
    stillDue += fresh.length;
    queue = shuffled(fresh, fraction);
    return right(undefined);
  };

  const ended = (): boolean => isLast && queue.length === 0;

  return {
    next: async () => {
      while (queue.length === 0 && !ended()) {
        reading ??= readPage();
        const outcome = await reading;
        if (isLeft(outcome)) return outcome;
      }
      return right(queue.shift());
    },
    done: () => {
      stillDue -= 1;
    },
    ended,
    ahead: () => queue.length,
  };
};

const shuffled = <A>(items: readonly A[], fraction: () => number): A[] =>
  items
    .map((item) => ({ item, at: fraction() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
