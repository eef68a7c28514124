/** What became of one account that a sweep took up. */
export type SweepOutcome =
  | 'renewed'
  | 'failed'
  /** Renewed or being renewed by somebody else, or not yet to be asked for again. */
  | 'skipped'
  /** The provider asked its client to wait. */
  | 'cooling_down'
  /** It cannot be opened here: another encryption key, an incomplete credential. */
  | 'unreadable'
  /** Removed or revoked meanwhile, or stopped until a person acts: nothing a sweep could do. */
  | 'not_due';

/** How a sweep leaves an account that it took up. */
export interface Ending {
  readonly outcome: SweepOutcome;
  /** For how long no sweep has anything to do there, in milliseconds; 0 for no longer than this one. */
  readonly waitMs: number;
}

/** What each outcome is counted as. */
export const countedAs: { readonly [Name in SweepOutcome]: 'renewed' | 'failed' | 'skipped' | undefined } = {
  renewed: 'renewed',
  failed: 'failed',
  skipped: 'skipped',
  cooling_down: 'skipped',
  unreadable: 'failed',
  not_due: undefined,
};

/**
 * What this process cannot open, or a person has to mend, is looked at again after so long: what mends it is not always
 * written in the record, such as another process's encryption key or the secret of a preset.
 */
export const mendedWithinMs = 600_000;
