import type { HttpFailure } from '../../ports/http-client.js';

/** No byte of the request can have reached the provider. */
export type UnsentWhy =
  | 'address_refused'
  | 'certificate_expired'
  | 'certificate_self_signed'
  | 'certificate_untrusted'
  | 'certificate_wrong_host'
  | 'connect_failed'
  | 'connect_timeout'
  | 'connection_refused'
  | 'invalid_header'
  | 'invalid_request'
  | 'invalid_url'
  | 'library_missing'
  | 'name_not_resolved'
  | 'not_https'
  | 'repeated_parameter'
  | 'tls_failed'
  | 'unreachable';

/** The provider may have processed the request. */
export type UnknownWhy =
  'connection_lost' | 'connection_reset' | 'cut_off' | 'malformed_answer' | 'timeout' | 'too_large' | 'undecodable';

/** A frozen failure that holds its code and nothing else. */
export const unsent = (why: UnsentWhy): HttpFailure => Object.freeze({ _tag: 'Unsent', why });

/** A frozen failure that holds its code and nothing else. */
export const unknown = (why: UnknownWhy): HttpFailure => Object.freeze({ _tag: 'Unknown', why });
