import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { tokenError } from '../../domain/token-error.js';
import type { OnWait } from '../use-case/telling-wait.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';

/** One piece of work on a key that everybody who needs it waits for. */
export interface Flight<A> {
  /** What came of it; it never rejects. */
  readonly outcome: Promise<Either<UseCaseError, A>>;
  /** What keeps it from ending, as far as it has said: callers who stop waiting are told this. */
  readonly trouble: () => UseCaseError | undefined;
  /** How long it goes on waiting before it sends anything, in milliseconds, as far as that is known. */
  readonly waitsForMs: () => number | undefined;
}

/** What a flight does; it may report what keeps it from ending and what it waits for, and goes on. */
export type Work<A> = (report: (trouble: UseCaseError) => void, onWait: OnWait) => TaskEither<UseCaseError, A>;

/** At most one flight a key. A caller's deadline or signal never cancels it: who stops waiting leaves it to the others. */
export interface SingleFlight<A> {
  readonly current: (key: string) => Flight<A> | undefined;
  readonly start: (key: string, work: Work<A>) => Flight<A>;
  /** One caller's own work, which goes on when it had to let its caller go with an error. */
  readonly detached: <B>(key: string, work: Work<B>) => UseCase<B>;
  /** Work that nobody waits for: what becomes of it is nobody's error. */
  readonly inBackground: (work: UseCase<unknown>) => void;
  /** Resolves when nothing is under way any more. */
  readonly drained: () => Promise<void>;
}

/** An adapter that breaks its law and throws must not become an unhandled rejection. */
const guarded = <B>(key: string, work: TaskEither<UseCaseError, B>): Promise<Either<UseCaseError, B>> =>
  Promise.resolve()
    .then(work)
    .catch(() => left(tokenError('ProviderUnavailable', { key, why: 'an adapter threw an exception' })));

export const makeSingleFlight = <A>(): SingleFlight<A> => {
  const underWay = new Map<string, Flight<A>>();
  const ends = new Set<Promise<unknown>>();

  const run = <B>(
    key: string,
    work: TaskEither<UseCaseError, B>,
    ended: () => void,
  ): Promise<Either<UseCaseError, B>> => {
    const end = guarded(key, work).finally(() => {
      ended();
      ends.delete(end);
    });
    ends.add(end);
    return end;
  };

  const start: SingleFlight<A>['start'] = (key, work) => {
    let trouble: UseCaseError | undefined;
    const report = (error: UseCaseError): void => {
      trouble = error;
    };
    let leftMs: () => number | undefined = () => undefined;
    const onWait: OnWait = (left = () => undefined) => {
      leftMs = left;
    };
    const outcome = run(key, work(report, onWait), () => underWay.delete(key));
    const flight = { outcome, trouble: () => trouble, waitsForMs: () => leftMs() };
    underWay.set(key, flight);
    return flight;
  };

  const detached: SingleFlight<A>['detached'] = (key, work) => () =>
    new Promise((resolve) => {
      const end = run(
        key,
        work(
          (error) => resolve(left(error)),
          () => undefined,
        ),
        () => undefined,
      );
      void end.then(resolve);
    });

  return {
    current: (key) => underWay.get(key),
    start,
    detached,
    inBackground: (work) => void run('', work, () => undefined),
    drained: async () => {
      while (ends.size > 0) await Promise.allSettled(ends);
    },
  };
};
