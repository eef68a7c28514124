import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { tokenError } from '../../domain/token-error.js';
import type { UseCaseError } from '../use-case-error.js';

/** One piece of work on a key that everybody who needs it waits for. */
export interface Flight<A> {
  /** What callers wait for; it never rejects. */
  readonly outcome: Promise<Either<UseCaseError, A>>;
}

/**
 * At most one flight a key. A caller's deadline or signal never cancels it. When a flight cannot finish for now, it may
 * `release` its callers with an error and go on working: until it ends, newcomers get that error instead of a second flight.
 */
export interface Flights<A> {
  readonly current: (key: string) => Flight<A> | undefined;
  readonly start: (
    key: string,
    work: (release: (error: UseCaseError) => void) => TaskEither<UseCaseError, A>,
  ) => Flight<A>;
  /** Work that nobody waits for: what becomes of it is nobody's error. */
  readonly aside: (work: TaskEither<UseCaseError, unknown>) => void;
  /** Resolves when nothing is under way any more. */
  readonly landed: () => Promise<void>;
}

/** An adapter that breaks its law and throws must not become an unhandled rejection. */
const guarded = <B>(key: string, work: TaskEither<UseCaseError, B>): Promise<Either<UseCaseError, B>> =>
  Promise.resolve()
    .then(work)
    .catch(() => left(tokenError('ProviderUnavailable', { key, why: 'an adapter threw an exception' })));

export const makeFlights = <A>(): Flights<A> => {
  const underWay = new Map<string, Flight<A>>();
  const ends = new Set<Promise<unknown>>();

  const start: Flights<A>['start'] = (key, work) => {
    let release = (_error: UseCaseError): void => undefined;
    const released = new Promise<Either<UseCaseError, A>>((resolve) => {
      release = (error) => resolve(left(error));
    });
    const end = guarded(
      key,
      work((error) => release(error)),
    ).finally(() => {
      underWay.delete(key);
      ends.delete(end);
    });
    const flight = { outcome: Promise.race([end, released]) };
    ends.add(end);
    underWay.set(key, flight);
    return flight;
  };

  return {
    current: (key) => underWay.get(key),
    start,
    aside: (work) => {
      const end = guarded('', work).finally(() => ends.delete(end));
      ends.add(end);
    },
    landed: async () => {
      while (ends.size > 0) await Promise.allSettled(ends);
    },
  };
};
