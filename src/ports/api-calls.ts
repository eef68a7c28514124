/** A request's address and headers, with the credential in its place. */
export interface Placed {
  readonly url: URL;
  readonly headers: Headers;
  /** What goes along. */
  readonly carries: 'token' | 'api_key' | 'none';
}

/** What somebody wants to send to an account's API. */
export interface CallIntent {
  /** A whole address, or a path below the API's base. */
  readonly address: string;
  /** Its body can be sent again: it is not a stream. */
  readonly isReplayable: boolean;
  /** It was sent once more already, so that a 401 comes back as it is. */
  readonly isReplay?: boolean | undefined;
  /** Ends the caller's wait. */
  readonly signal?: AbortSignal | undefined;
}

/** What an API answered, as far as the rules of calling go. */
export interface ApiReply {
  readonly status: number;
  /** The header `Retry-After`, as it came. */
  readonly retryAfter: string | undefined;
  /** It answers the caller's own request, and that carried a token: a 401 may be about the token. */
  readonly isAboutToken: boolean;
  /** The body, or its beginning; the caller's own copy stays unread. */
  readonly text: () => Promise<string>;
}

/** One sending of a request: where it goes, and the credential that goes along. */
export interface ApiCall {
  /** The address, resolved; without the credential, also one that the caller wrote there. */
  readonly url: URL;
  /** The credential, in an address of the API's origin or in the headers. Throws for an address of another origin. */
  readonly authorize: (url: URL, headers: Headers) => Placed;
  /** An address as it may be printed, or may go to another origin. */
  readonly redact: (url: URL) => URL;
  /** The caller's headers as they may leave the API's origin. */
  readonly crossOriginHeaders: (headers: Headers) => Headers;
  /** Whether an address shows the credential that goes along. */
  readonly leaksCredential: (address: string) => boolean;
  /** Judges what the API itself answered: what to send in its place, or undefined where the answer stands. */
  readonly onResponse: (reply: ApiReply) => Promise<ApiCall | undefined>;
}

/**
 * The rules of `fetch`, for an HTTP client of another make. Everything rejects with a `LlaveroError`, or with a `TypeError`
 * for a mistake of the programmer, or with the reason of the caller's signal.
 *
 * Laws: no call carries a credential to another origin; a refused token is renewed once, however many calls it was refused to.
 */
export interface ApiCalls {
  readonly prepare: (key: string, intent: CallIntent) => Promise<ApiCall>;
}
