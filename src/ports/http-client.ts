import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Names and values in order; a name stands at most once (RFC 6749 §3.2). */
export type Parameters = ReadonlyArray<readonly [name: string, value: string]>;

/** One token request. `url` holds no secret; what is secret rides in `query`, `form` or `headers`. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly query?: Parameters | undefined;
  /** Sent as `application/x-www-form-urlencoded` (RFC 6749 Appendix B) unless `encoding` says otherwise. */
  readonly form?: Parameters | undefined;
  /** `json` sends the form as one flat JSON object of texts. */
  readonly encoding?: 'form' | 'json' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Total time from the first byte out to the last byte in. */
  readonly timeoutMs: number;
  /** On the clock's monotonic time: a request that has not left by then must not leave any more (`Unsent`). */
  readonly leavesBeforeMonotonicMs?: number | undefined;
  /**
   * The host was named by somebody outside (a callback, a provider's answer): connect only to addresses that are public
   * after resolution, and to the very address that was checked.
   */
  readonly hostFromOutside?: boolean | undefined;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; without cookies and addresses. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The JSON object that the body holds, whatever its content type says; undefined when it holds none. An integer beyond
   * 2^53 is the text of its digits.
   */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The decoded body as UTF-8, for classifiers that read what is no JSON; left out when it could not be decoded. It may hold a token. */
  readonly text?: string | undefined;
  /** The body was cut off, was too long or could not be decoded: what it said is not known. Never set on a 2xx. */
  readonly bodyIsLost?: true | undefined;
  /** Unix milliseconds, read from the clock just before the request left. */
  readonly sentAtMs: number;
}

/**
 * `Unsent`: no byte of the request can have reached the provider (name not resolved, connection refused, TLS refused).
 * `Unknown`: it may have (timeout, reset, cut-off or oversized 2xx). `why` is a short code, never a message.
 */
export type HttpFailure =
  { readonly _tag: 'Unsent'; readonly why: string } | { readonly _tag: 'Unknown'; readonly why: string };

/**
 * Sends one request, once.
 *
 * Laws: no retry, no redirect, no cookie, no cache; certificates are verified; at most 256 KiB of decoded answer is read;
 * nothing of the HTTP library's own errors survives; a failure never holds a part of the request or the answer.
 */
export interface HttpClient {
  readonly send: (request: HttpRequest) => TaskEither<HttpFailure, HttpAnswer>;
}
