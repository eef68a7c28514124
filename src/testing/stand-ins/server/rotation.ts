/** What a provider does with a refresh token that has been used. */
export type Rotation =
  /** It dies at once, and a new one takes its place. */
  | 'strict'
  /** It dies at once; whoever sends it again kills every token that descends from the same authorization. */
  | 'strict-family'
  /** It lives until the access token that replaced its own is used for the first time (Doorkeeper). */
  | 'until-first-use'
  /** It stays. */
  | 'none'
  /** It lives on for `graceMs`; with `repeats` it gets the same successor again instead of another one. */
  | { readonly graceMs: number; readonly repeats?: boolean | undefined };
