import { isRight, left, map, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** From opening a store to closing it; Left is a short code. */
export interface StoreLifetime<Session extends object> {
  /** Opens once, however often it is called; after a failure it can be called again. */
  readonly open: TaskEither<string, void>;
  /** Left `not_open` before {@link StoreLifetime.open} is done, `closed` from {@link StoreLifetime.close} on. */
  readonly use: <A>(work: (session: Session) => Promise<Either<string, A>>) => Promise<Either<string, A>>;
  /** Refuses new work at once, and lets go when what is in flight is done. Closes once, however often it is called. */
  readonly close: TaskEither<string, void>;
}

export const makeStoreLifetime = <Session extends object>(
  start: TaskEither<string, Session>,
  end: (session: Session) => Either<string, void>,
): StoreLifetime<Session> => {
  const inFlight = new Set<Promise<unknown>>();
  let opening: Promise<Either<string, Session>> | undefined;
  let session: Session | undefined;
  let closing: Promise<Either<string, void>> | undefined;

  const startOnce = async (): Promise<Either<string, Session>> => {
    const started = await start();
    if (isRight(started)) session = started.right;
    else opening = undefined;
    return started;
  };

  const finish = async (): Promise<Either<string, void>> => {
    await opening;
    await Promise.all(inFlight);
    return session === undefined ? right(undefined) : end(session);
  };

  return {
    open: async () => {
      if (closing !== undefined) return left('closed');
      opening ??= startOnce();
      return map(() => undefined)(await opening);
    },
    use: async (work) => {
      if (closing !== undefined) return left('closed');
      if (session === undefined) return left('not_open');
      const mine = work(session);
      inFlight.add(mine);
      const outcome = await mine;
      inFlight.delete(mine);
      return outcome;
    },
    close: () => (closing ??= finish()),
  };
};
