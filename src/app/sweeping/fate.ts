/** What became of one account that a sweep took up. */
export type Fate =
  | 'renewed'
  | 'failed'
  /** Renewed or being renewed by somebody else, or not yet to be asked for again. */
  | 'skipped'
  /** The provider asked its client to rest. */
  | 'resting'
  /** It cannot be opened here: another encryption key, an incomplete credential. */
  | 'unreadable'
  /** Removed or revoked meanwhile, or stopped until a person acts: nothing a sweep could do. */
  | 'not_due';

type Counted = 'renewed' | 'failed' | 'skipped';

/** What each fate is counted as, and whether it counts towards the limit: what stays due for long must not use that up. */
export const fates: {
  readonly [Name in Fate]: { readonly counted: Counted | undefined; readonly limited: boolean };
} = {
  renewed: { counted: 'renewed', limited: true },
  failed: { counted: 'failed', limited: true },
  skipped: { counted: 'skipped', limited: true },
  resting: { counted: 'skipped', limited: false },
  unreadable: { counted: 'failed', limited: false },
  not_due: { counted: undefined, limited: false },
};
