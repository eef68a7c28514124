import { factsOf } from '../domain/token-error-facts.js';
import type { ErrorCode, TokenError } from '../domain/token-error.js';

/**
 * What every method rejects with, apart from a `TypeError` for a programmer's mistake. `code` is stable; the message says
 * what to do and may change. It holds nothing secret and no foreign error as its `cause`.
 */
export class LlaveroError extends Error {
  readonly code: ErrorCode;
  /** Whether the same call can succeed later without a person. */
  readonly retryable: boolean;
  /** Milliseconds after which trying again makes sense, where that is known. */
  declare readonly retryAfterMs?: number;
  declare readonly key?: string;
  /** What happened, as tagged data. */
  readonly reason: TokenError;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'LlaveroError' });
  }

  constructor(reason: TokenError) {
    const { code, retryable, retryAfterMs, key, message } = factsOf(reason);
    super(message);
    this.code = code;
    this.retryable = retryable;
    if (retryAfterMs !== undefined) this.retryAfterMs = Math.ceil(retryAfterMs);
    if (key !== undefined) this.key = key;
    this.reason = reason;
  }
}
