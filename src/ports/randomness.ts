/** Unpredictable bytes and numbers. Law: two calls of `token` never give the same text. */
export interface Randomness {
  /** `bytes` random octets as base64url, without padding. */
  readonly token: (bytes: number) => string;
  /** A number in [0, 1), good enough to spread work; not for secrets. */
  readonly fraction: () => number;
}
