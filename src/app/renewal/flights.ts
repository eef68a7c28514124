import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { tokenError } from '../../domain/token-error.js';
import type { UseCaseError } from '../use-case-error.js';

/** One piece of work on a key that everybody who needs it waits for. */
export interface Flight<A> {
  /** What callers wait for; it never rejects. */
  readonly outcome: Promise<Either<UseCaseError, A>>;
}

/** What a flight does; it may release whoever waits for it with an error, and go on. */
export type Work<A> = (release: (error: UseCaseError) => void) => TaskEither<UseCaseError, A>;

/**
 * At most one flight a key. A caller's deadline or signal never cancels it. When a flight cannot finish for now, it may
 * `release` its callers with an error and go on working: until it ends, newcomers get that error instead of a second flight.
 */
export interface Flights<A> {
  readonly current: (key: string) => Flight<A> | undefined;
  readonly start: (key: string, work: Work<A>) => Flight<A>;
  /** One caller's own work, which goes on when it had to release its caller. */
  readonly outliving: <B>(key: string, work: Work<B>) => TaskEither<UseCaseError, B>;
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

  const fly = <B>(key: string, work: Work<B>, ended: () => void): Promise<Either<UseCaseError, B>> => {
    let release = (_error: UseCaseError): void => undefined;
    const released = new Promise<Either<UseCaseError, B>>((resolve) => {
      release = (error) => resolve(left(error));
    });
    const end = guarded(
      key,
      work((error) => release(error)),
    ).finally(() => {
      ended();
      ends.delete(end);
    });
    ends.add(end);
    return Promise.race([end, released]);
  };

  const start: Flights<A>['start'] = (key, work) => {
    const flight = { outcome: fly(key, work, () => underWay.delete(key)) };
    underWay.set(key, flight);
    return flight;
  };

  return {
    current: (key) => underWay.get(key),
    start,
    aside: (work) =>
      void fly(
        '',
        () => work,
        () => undefined,
      ),
    outliving: (key, work) => () => fly(key, work, () => undefined),
    landed: async () => {
      while (ends.size > 0) await Promise.allSettled(ends);
    },
  };
};
