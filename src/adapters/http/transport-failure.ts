import type { HttpFailure } from '../../ports/http-client.js';
import { lookupCodes } from './checked-lookup.js';
import { unknown, unsent, type UnsentWhy } from './http-failure.js';

/**
 * How far a request got, as its socket told. While it is `connecting` or `securing`, node holds every byte of it back;
 * from `standing` on it is on its way; `answered` means that the head of an answer was read.
 */
export type TransportPhase = 'connecting' | 'securing' | 'standing' | 'answered';

const connectWhys: ReadonlyMap<string, UnsentWhy> = new Map<string, UnsentWhy>([
  [lookupCodes.refused, 'address_refused'],
  [lookupCodes.notResolved, 'name_not_resolved'],
  ['ECONNREFUSED', 'connection_refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ETIMEDOUT', 'connect_timeout'],
]);

const tlsWhys: ReadonlyMap<string, UnsentWhy> = new Map<string, UnsentWhy>([
  ['CERT_HAS_EXPIRED', 'certificate_expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate_self_signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate_self_signed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate_wrong_host'],
  ['CERT_REVOKED', 'certificate_untrusted'],
  ['CERT_UNTRUSTED', 'certificate_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate_untrusted'],
]);

const resetCodes: ReadonlySet<string> = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE']);

/** What an error means. The phase alone decides whether the request can have arrived; the error's code only names it. */
export const transportFailure = (phase: TransportPhase, error: unknown): HttpFailure => {
  const code = codeOf(error);
  if (phase === 'connecting') return unsent(connectWhys.get(code) ?? 'connect_failed');
  if (phase === 'securing') return unsent(tlsWhys.get(code) ?? 'tls_failed');
  if (code.startsWith('HPE_')) return unknown('malformed_answer');
  if (phase === 'answered') return unknown('cut_off');
  return unknown(resetCodes.has(code) ? 'connection_reset' : 'connection_lost');
};

/** What the end of the deadline means. */
export const deadlineFailure = (phase: TransportPhase): HttpFailure =>
  isHeldBack(phase) ? unsent('connect_timeout') : unknown('timeout');

/** Whether no byte of the request can have left yet. */
export const isHeldBack = (phase: TransportPhase): boolean => phase === 'connecting' || phase === 'securing';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
