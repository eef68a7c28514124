import { isLeft } from 'fp-ts/lib/Either.js';
import type { ApiCall, ApiCalls } from '../../ports/api-calls.js';
import type { UseCaseError } from '../use-case/use-case-error.js';
import { withSignal } from '../use-case/with-signal.js';
import type { ApiCaller, PreparedCall } from './api-caller.js';
import type { Call } from './call.js';

/**
 * Under this symbol a llavero holds what HTTP clients of another make need. It is the same in every copy of the package, and
 * no part of the `Llavero` interface.
 */
export const apiCalls: unique symbol = Symbol.for('llavero/ApiCalls');

/** A llavero that HTTP clients of another make can be built on. */
export interface Calling {
  readonly [apiCalls]: ApiCalls;
}

/** What a llavero holds for HTTP clients of another make. Throws `TypeError` on anything but a llavero. */
export const apiCallsOf = (llavero: object): ApiCalls => {
  if (!isCalling(llavero)) {
    throw new TypeError('llaveroGot(llavero, key): pass the llavero that createLlavero returned');
  }
  return llavero[apiCalls];
};

const isCalling = (value: unknown): value is Calling =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, apiCalls) === 'object';

/** The rules of calling as promises; `run` runs a use case, `thrown` makes an error of its left side. */
export const promisedCalls = (
  caller: ApiCaller,
  run: <A>(work: Call<A>) => Promise<A>,
  thrown: (error: UseCaseError) => unknown,
): ApiCalls => {
  const promised = ({ authorize, onResponse, ...call }: PreparedCall): ApiCall => ({
    ...call,
    authorize: (address, headers) => {
      const placed = authorize(address, headers);
      if (isLeft(placed)) throw thrown(placed.left);
      return placed.right;
    },
    onResponse: async (reply) => {
      const next = await run(onResponse(reply));
      return next === undefined ? undefined : promised(next);
    },
  });

  return {
    prepare: async (key, intent) =>
      promised(
        await withSignal(
          intent.signal,
          ({ reason }): unknown => reason,
          () => run(caller.prepare(key, intent)),
        ),
      ),
  };
};
