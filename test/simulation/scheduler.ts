import type { Trace } from './trace.js';

/** Whose death drops an event, and whose pause delays it. */
export interface Owner {
  readonly pausedUntilMs: number;
}

/** Something that will happen: an answer arrives, a sleeper wakes, a caller calls. */
export interface PendingEvent {
  readonly what: string;
  /** Not before then, in milliseconds since the world began. */
  readonly atMs: number;
  /** Undefined for what no process of ours can lose: requests under way, the provider, the world itself. */
  readonly owner: Owner | undefined;
  /** A wait by the clock; everything else is input or output. */
  readonly isTimer: boolean;
  readonly run: () => void;
  /** What may still happen when the owner dies before it ran: a write that was on its way. */
  readonly orphaned?: (() => void) | undefined;
}

/** Picks what happens next: one of the `ready`, or the first one of `later`, which moves the time on. */
export type Choose = (
  ready: readonly PendingEvent[],
  later: () => PendingEvent | undefined,
) => PendingEvent | undefined;

/** The only thing that makes anything happen: one event at a time, and all microtasks between two of them. */
export interface Scheduler {
  /** Milliseconds since the world began. */
  readonly nowMs: () => number;
  readonly add: (event: PendingEvent) => void;
  readonly cancel: (event: PendingEvent) => void;
  /** An owner has died: forgets all its events and gives them back. Nothing that it had under way does anything any more. */
  readonly drop: (owner: Owner) => readonly PendingEvent[];
  readonly has: (test: (event: PendingEvent) => boolean) => boolean;
  /** Lets one event happen; false when none is left. */
  readonly step: () => Promise<boolean>;
}

/** All microtasks run before an immediate does. */
export const microtasksDone = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const dueMs = ({ atMs, owner }: PendingEvent): number =>
  owner === undefined || owner.pausedUntilMs < atMs ? atMs : owner.pausedUntilMs;

export const makeScheduler = (choose: Choose, trace: Trace): Scheduler => {
  let nowMs = 0;
  let pending: PendingEvent[] = [];
  const dead = new Set<Owner>();

  const cancel = (event: PendingEvent): void => {
    const at = pending.indexOf(event);
    if (at >= 0) pending.splice(at, 1);
  };

  /** The one that falls due first among those that are not ready. */
  const firstLater = (): PendingEvent | undefined =>
    pending.reduce<PendingEvent | undefined>(
      (first, event) => (dueMs(event) > nowMs && (first === undefined || dueMs(event) < dueMs(first)) ? event : first),
      undefined,
    );

  return {
    nowMs: () => nowMs,
    add: (event) => {
      if (event.owner === undefined || !dead.has(event.owner)) pending.push(event);
    },
    cancel,
    drop: (owner) => {
      dead.add(owner);
      const dropped = pending.filter((event) => event.owner === owner);
      pending = pending.filter((event) => event.owner !== owner);
      return dropped;
    },
    has: (test) => pending.some(test),
    step: async () => {
      let soonestMs = Infinity;
      for (const event of pending) soonestMs = Math.min(soonestMs, dueMs(event));
      if (soonestMs === Infinity) return false;
      nowMs = Math.max(nowMs, soonestMs);
      const ready = pending.filter((event) => dueMs(event) <= nowMs);
      const chosen = choose(ready, firstLater);
      if (chosen === undefined) return false;
      nowMs = Math.max(nowMs, dueMs(chosen));
      cancel(chosen);
      trace.add(`${nowMs} ${chosen.what}`);
      chosen.run();
      await microtasksDone();
      return true;
    },
  };
};
