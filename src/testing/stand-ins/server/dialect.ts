import type { ReceivedRequest } from './received-request.js';
import type { Reply } from './reply.js';

/** What a request is for. */
export interface Endpoint {
  readonly kind: 'token' | 'api' | 'authorize' | 'other';
  /** What a token request asks for. */
  readonly grant?: string | undefined;
  /** The refresh token it carries. */
  readonly refreshToken?: string | undefined;
}

/** How one provider reads requests and words its answers. Both functions are synchronous, so that a request is processed as if alone. */
export interface Dialect {
  readonly endpoint: (request: ReceivedRequest) => Endpoint;
  readonly answer: (request: ReceivedRequest) => Reply;
}
