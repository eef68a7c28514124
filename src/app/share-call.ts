import type { Clock } from '../ports/clock.js';

/** Gives the answer of a call for this key that began a moment ago and is not answered yet; otherwise of the one it begins. */
export type ShareCall<A> = (key: string, begin: () => Promise<A>) => Promise<A>;

/** Calls that begin within so long of each other share one result. */
const momentMs = 10;

interface Call<A> {
  readonly answer: Promise<A>;
  readonly beganAtMs: number;
}

/**
 * A herd costs hardly more than its first caller. Those who come later get a call of their own, so that nobody's patience
 * is shortened by somebody else's.
 */
export const makeShareCall = <A>({ monotonicMs }: Pick<Clock, 'monotonicMs'>): ShareCall<A> => {
  const calls = new Map<string, Call<A>>();

  const start = (key: string, beganAtMs: number, begin: () => Promise<A>): Promise<A> => {
    const call = { answer: begin(), beganAtMs };
    const end = (): void => {
      if (calls.get(key) === call) calls.delete(key);
    };
    calls.set(key, call);
    call.answer.then(end, end);
    return call.answer;
  };

  return (key, begin) => {
    const call = calls.get(key);
    const nowMs = monotonicMs();
    return call !== undefined && nowMs - call.beganAtMs < momentMs ? call.answer : start(key, nowMs, begin);
  };
};
