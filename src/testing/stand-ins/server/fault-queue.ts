import { setTimeout } from 'node:timers/promises';
import { deferred } from '../../deferred.js';
import type { Endpoint } from './dialect.js';
import type { Fault } from './fault.js';

/** A fault that waits for its requests. */
export interface InjectedFault {
  /** Resolves when the first request has met it. */
  readonly reached: Promise<void>;
  /** Lets go of what it holds; only `hang` holds anything. */
  readonly release: () => void;
}

export interface InjectOptions {
  /** How many requests meet it, 1 by default. */
  readonly times?: number | undefined;
  /** Which ones: token requests (the default) or API calls. */
  readonly on?: 'token' | 'api' | undefined;
}

/** A fault and the one request that met it. */
export interface MetFault {
  readonly fault: Fault;
  /** How long the request waits, if it waits at all. */
  readonly over: () => Promise<void>;
}

export interface FaultQueue {
  readonly inject: (fault: Fault, options?: InjectOptions) => InjectedFault;
  /** Takes the fault that the next request of this kind meets: the oldest one first. */
  readonly meet: (kind: Endpoint['kind']) => MetFault | undefined;
}

interface Waiting {
  readonly on: Endpoint['kind'];
  readonly met: MetFault;
  readonly reach: () => void;
  left: number;
}

/** An empty queue. */
export const faultQueue = (): FaultQueue => {
  const queue: Waiting[] = [];
  return {
    inject: (fault, { times = 1, on = 'token' } = {}) => {
      if (!Number.isInteger(times) || times < 1) throw new TypeError('inject takes times as a whole number from 1');
      const reached = deferred<void>();
      const released = deferred<void>();
      const over = (): Promise<void> =>
        fault.kind === 'delay' ? setTimeout(fault.ms, undefined, { ref: false }) : released.promise;
      queue.push({ on, met: { fault, over }, reach: () => reached.resolve(), left: times });
      return { reached: reached.promise, release: () => released.resolve() };
    },
    meet: (kind) => {
      const at = queue.findIndex(({ on }) => on === kind);
      const next = queue[at];
      if (next === undefined) return undefined;
      next.left -= 1;
      if (next.left === 0) queue.splice(at, 1);
      next.reach();
      return next.met;
    },
  };
};
