/**
 * Time. The wall clock says what to write down; the monotonic clock says how long something took.
 *
 * Laws: `monotonicMs` never falls. `sleep` and `idle` resolve no earlier than asked, take any length (beyond 2^31−1 ms
 * too), resolve early when their signal aborts, and never reject.
 */
export interface Clock {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /**
   * Names the moment that `monotonicMs` counts from, where all processes of a host count from the same one, such as its boot;
   * absent where each process counts from a moment of its own.
   */
  readonly bootId?: string | undefined;
  /** For a wait that somebody waits for: the process stays open until it ends. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** For a wait that nobody waits for: it holds no process open. */
  readonly idle: (ms: number, signal?: AbortSignal) => Promise<void>;
}
