/** Lets everything else run that waits for the event loop, once the work of a sweep has gone on for a while without that. */
export type Breather = () => Promise<void> | undefined;

/** Well below what anybody notices, so that the slowest single step still fits. */
const mostMs = 5;

export const makeBreather = (monotonicMs: () => number, yieldTurn: () => Promise<void>): Breather => {
  let sinceMs = monotonicMs();
  let yielding: Promise<void> | undefined;
  return () => {
    if (yielding !== undefined || monotonicMs() - sinceMs < mostMs) return yielding;
    yielding = yieldTurn().then(() => {
      yielding = undefined;
      sinceMs = monotonicMs();
    });
    return yielding;
  };
};
