/**
 * Time. The wall clock says what to write down; the monotonic clock says how long something took.
 *
 * Laws: `monotonicMs` never falls; `sleep` resolves no earlier than asked, holds no process open (its timer is unref'd),
 * takes any length (beyond 2^31−1 ms too) and resolves early when `signal` aborts; it never rejects.
 */
export interface Clock {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}
