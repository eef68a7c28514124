import { left, type Either } from 'fp-ts/lib/Either.js';
import { failureCode } from '../store-failure.js';

/** A synchronous piece of work on a connection. Left, or a throw of the driver's, says that it was not done. */
export type Step<A> = () => Either<string, A>;

/** Runs a step; what the driver threw becomes a short code. */
export const runStep = <A>(step: Step<A>): Either<string, A> => {
  try {
    return step();
  } catch (thrown) {
    return left(stepFailure(thrown));
  }
};

/** Whether the same step may well succeed in a few milliseconds. */
export const isPassing = (why: string): boolean =>
  why === callerBusy || /^SQLITE_(BUSY|LOCKED|PROTOCOL)(_|$)/.test(why);

/** The caller has a transaction or a cursor of their own open on the connection they lent us. */
export const callerBusy = 'caller_busy';

const stepFailure = (thrown: unknown): string => {
  if (!(thrown instanceof TypeError)) return failureCode(thrown);
  if (thrown.message === 'This database connection is busy executing a query') return callerBusy;
  return thrown.message === 'The database connection is not open' ? 'closed' : failureCode(thrown);
};
