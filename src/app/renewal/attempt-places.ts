import { isRight } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Clock } from '../../ports/clock.js';
import type { Account } from '../accounts/account.js';
import type { OnWait } from '../use-case/telling-wait.js';
import type { StorePace } from '../store/store-pace.js';

/** What a place is given to. */
export interface PlacedAccount {
  readonly provider: Pick<Account['provider'], 'id'>;
  readonly client: string;
  readonly policy: Pick<RefreshPolicy, 'attemptTtlMs' | 'requestTimeoutMs'>;
}

/** Leave to have one attempt begun and not yet finished. */
export interface Place {
  /** Once the attempt is finished; again does nothing. */
  readonly leave: () => void;
}

/**
 * No more attempts are begun than can be sent and committed well within their ttl: an answer that has arrived never stands
 * behind more writes than the store takes in a fraction of that time.
 */
export interface AttemptPlaces {
  /**
   * Waits for a place: in the order of the calls for accounts of one client, the clients in turn, and for what nobody asked
   * for after everything that somebody waits for. `onWait` is told how long the wait is by the pace of the line so far, once
   * anybody in it has got a place.
   */
  readonly enter: (account: PlacedAccount, unasked: boolean, onWait: OnWait) => () => Promise<Place>;
}

/** Attempts of one process that are begun and not finished, however fast its store is. */
const mostInFlight = 200;
/** Before the store has been measured. */
const firstInFlight = 64;
/** One client has at most this part of the places: a provider that hangs does not hold up all the others. */
const shareOfClient = 0.5;
/** All attempts in flight could be written in this part of the time that an attempt may wait before it is sent. */
const shareOfTtl = 1 / 8;

/** Those of one client who wait, since when anybody has, and how many have got a place since. */
interface Line {
  readonly waiting: Set<() => void>;
  readonly sinceMs: number;
  entered: number;
  placed: number;
}

export const makeAttemptPlaces = (
  pace: Pick<StorePace, 'msPerWrite'>,
  { monotonicMs }: Pick<Clock, 'monotonicMs'>,
): AttemptPlaces => {
  const inFlightOf = new Map<string, number>();
  let inFlight = 0;
  /** By client, each in the order of the calls; the client that was served last comes last. */
  const asked = new Map<string, Line>();
  const unaskedFor = new Map<string, Line>();
  let most = firstInFlight;

  const mostFor = ({ attemptTtlMs, requestTimeoutMs }: PlacedAccount['policy']): number => {
    const msPerWrite = pace.msPerWrite();
    if (msPerWrite === undefined) return firstInFlight;
    const writes = Math.floor((shareOfTtl * (attemptTtlMs - requestTimeoutMs)) / msPerWrite);
    return Math.max(1, Math.min(mostInFlight, writes));
  };

  const hasRoom = (client: string): boolean =>
    (inFlightOf.get(client) ?? 0) < Math.max(1, Math.ceil(most * shareOfClient));

  /** Lets the next one in; false when there is no place, or nobody for it. */
  const serveOne = (lines: Map<string, Line>): boolean => {
    if (inFlight >= most) return false;
    for (const [client, line] of lines) {
      if (!hasRoom(client)) continue;
      lines.delete(client);
      for (const next of line.waiting) {
        line.waiting.delete(next);
        line.placed += 1;
        if (line.waiting.size > 0) lines.set(client, line);
        inFlight += 1;
        inFlightOf.set(client, (inFlightOf.get(client) ?? 0) + 1);
        next();
        return true;
      }
    }
    return false;
  };

  const serve = (): void => {
    while (serveOne(asked) || serveOne(unaskedFor)) continue;
  };

  const left = (client: string): void => {
    const others = (inFlightOf.get(client) ?? 1) - 1;
    if (others === 0) inFlightOf.delete(client);
    else inFlightOf.set(client, others);
    inFlight -= 1;
  };

  const newLine = (): Line => ({ waiting: new Set(), sinceMs: monotonicMs(), entered: 0, placed: 0 });

  const leftMs = ({ sinceMs, placed }: Line, turn: number): number | undefined =>
    placed === 0 ? undefined : ((monotonicMs() - sinceMs) / placed) * (turn - placed);

  return {
    enter: (account, unasked, onWait) => () =>
      new Promise((resolve) => {
        const client = `${account.provider.id}/${account.client}`;
        const lines = unasked ? unaskedFor : asked;
        const line = lines.get(client) ?? newLine();
        lines.set(client, line);
        let isOver = false;
        const leave = (): void => {
          if (isOver) return;
          isOver = true;
          left(client);
          most = mostFor(account.policy);
          serve();
        };
        let isPlaced = false;
        line.entered += 1;
        const turn = line.entered;
        line.waiting.add(() => {
          isPlaced = true;
          onWait(undefined);
          resolve({ leave });
        });
        most = mostFor(account.policy);
        serve();
        if (!isPlaced) onWait(() => leftMs(line, turn));
      }),
  };
};

/** Runs a task in a place, and leaves the place with it, whatever comes of it, unless its result keeps the place. */
export const inPlace =
  <E, A>(
    { leave }: Place,
    task: TaskEither<E, A>,
    keepsPlace: (result: A) => boolean = () => false,
  ): TaskEither<E, A> =>
  async () => {
    let isKept = false;
    try {
      const outcome = await task();
      isKept = isRight(outcome) && keepsPlace(outcome.right);
      return outcome;
    } finally {
      if (!isKept) leave();
    }
  };
