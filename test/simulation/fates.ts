/** What strikes a process just after something it asked for was done, and before it hears of it. */
export type Strike = 'crash' | 'pause';

/** What becomes of one call of the store. */
export interface StoreFate {
  /** `before`: it fails and nothing was written; `after`: it was written, and the answer is lost. */
  readonly outcome: 'done' | 'before' | 'after';
  /** How long until the store does it. */
  readonly takesMs: number;
  /** How long the answer takes then; undefined when it arrives in the same moment. */
  readonly answerTakesMs: number | undefined;
  /** The store runs the change twice before one run counts, as its laws allow. */
  readonly runsTwice: boolean;
  readonly strike?: Strike | undefined;
}

/** What becomes of one request. */
export type RequestOutcome =
  | 'answered'
  /** Connection refused: it never leaves. */
  | 'unsent'
  /** It leaves and is never processed; the client waits in vain, or the connection breaks. */
  | 'request-lost'
  /** It is processed, and the client waits in vain, or the connection breaks. */
  | 'answer-lost'
  /** It is processed after the client has given up, and within the settle window. */
  | 'processed-late'
  /** 5xx, not processed. */
  | 'error-before'
  /** 5xx, processed. */
  | 'error-after'
  /** 5xx with a body that names an error of RFC 6749, not processed. */
  | 'error-named'
  /** 200 and nothing that can be read, processed. */
  | 'unreadable'
  /** 200 and a page for people, not processed. */
  | 'page'
  /** Processed; the answer has odd or missing members beside its tokens. */
  | 'odd'
  /** Processed; the answer's access token is of a type that nobody knows. */
  | 'unusable'
  | 'too-many-requests'
  | 'redirected'
  | 'bad-request'
  /** 401 `invalid_client`. */
  | 'wrong-client'
  /** 401 without a body. */
  | 'unauthorized';

export interface RequestFate {
  readonly outcome: RequestOutcome;
  /** Undefined when it leaves in the same moment; otherwise it may be held up before it leaves. */
  readonly connectsMs: number | undefined;
  readonly travelsMs: number;
  readonly returnsMs: number;
  /** For what is lost: the connection breaks instead of staying silent. */
  readonly breaks: boolean;
  /** For `processed-late`: which part of the settle window passes first, in [0, 1). */
  readonly lateness: number;
  /** For `error-before` and `error-after`. */
  readonly status: number;
  /** For `error-named`. */
  readonly error: string;
  /** Retry-After in seconds, for what carries one: `too-many-requests`, `error-before` and `error-after`. */
  readonly retryAfterS: number | undefined;
  readonly strike?: Strike | undefined;
}

/** Decides what becomes of every call of a port, in the order in which they are made. */
export interface Fates {
  readonly ofStoreCall: (operation: string) => StoreFate;
  readonly ofRequest: () => RequestFate;
}
