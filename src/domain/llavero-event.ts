import type { AccountState } from './account-state.js';
import type { ErrorCode } from './token-error.js';
import type { AnswerWarning } from './outcome.js';
import type { StoreTrouble, StoreWarning } from './store-trouble.js';

/** How far a sweep has come. */
interface SweepCounts {
  readonly due: number;
  readonly renewed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
}

/** What each type of event says besides `type`, `key` and `at`. */
interface EventDetails {
  readonly registered: { readonly created: boolean };
  readonly authorization_started: { readonly expiresAt: Date };
  readonly renewal_started: { readonly generation: number; readonly attempt: string; readonly recovery: boolean };
  readonly token_committed: {
    readonly generation: number;
    readonly cause: 'authorization' | 'renewal';
    readonly expiresAt: Date;
    /** Keyed digest of the access token: says whether two are the same, and nothing else. */
    readonly fingerprint?: string;
  };
  /** A token arrived for a key that was removed or had moved on; it was not kept. */
  readonly token_discarded: { readonly generation: number };
  readonly renewal_failed: {
    readonly generation: number;
    readonly code: ErrorCode;
    /** Where the account stands now: `failing` is what somebody should look at. */
    readonly state?: AccountState;
    readonly retryAt?: Date;
  };
  /** A renewal failed or is under way elsewhere, or the store could not be asked; the token in memory, still valid, was served. */
  readonly stale_token_served: { readonly generation: number; readonly code: ErrorCode; readonly expiresAt: Date };
  readonly commit_delayed: { readonly generation: number; readonly tries: number };
  readonly invalidated: { readonly generation: number };
  readonly revoked: { readonly generation: number };
  readonly removed: { readonly generation: number };
  readonly warning: { readonly warning: AnswerWarning };
  /** Sweeps are about many keys: their `key` is `*`. */
  readonly sweep_progress: SweepCounts;
  readonly sweep_finished: SweepCounts;
  readonly sweep_failed: { readonly code: ErrorCode };
  /** About all keys, so their `key` is `*`: the store is not, or may not be, what other processes see, and writes nothing. */
  readonly store_replaced: { readonly why: StoreTrouble };
  readonly store_warning: { readonly warning: StoreWarning };
  /** A stored value could not be opened, so it was not moved to the newest encryption key. */
  readonly reseal_failed: { readonly code: ErrorCode };
  readonly revocation_failed: { readonly code: ErrorCode };
  /** About all keys: its `key` is `*`. */
  readonly reseal_finished: { readonly total: number; readonly resealed: number; readonly failed: number };
}

export type LlaveroEventType = keyof EventDetails;

/** One thing that happened to one key. A frozen value without secrets. */
export type LlaveroEvent = {
  readonly [Type in LlaveroEventType]: {
    readonly type: Type;
    readonly key: string;
    readonly at: Date;
  } & EventDetails[Type];
}[LlaveroEventType];
