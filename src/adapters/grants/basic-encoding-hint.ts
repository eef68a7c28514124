import type { Credential } from '../../domain/credential.js';
import { tokenError } from '../../domain/token-error.js';
import type { Grant } from '../../ports/grant.js';
import { isChangedByEncoding, type ClientAuthentication } from './client-authentication.js';

/**
 * The grant, whose refused client carries a hint where the proof itself may be to blame: many servers do not undo the form
 * encoding that RFC 6749 §2.3.1 asks for, and refuse a right secret that has a `+`, `/`, `=`, `%`, `:` or space in it.
 */
export const withBasicEncodingHint = (
  grant: Grant,
  method: ClientAuthentication,
  credential: Pick<Credential, 'clientId' | 'clientSecret'>,
): Grant =>
  method !== 'basic'
    ? grant
    : {
        ...grant,
        judge: (answer, context, step) => {
          const outcome = grant.judge(answer, context, step);
          return outcome._tag === 'Rejected' &&
            outcome.reason._tag === 'ClientRejected' &&
            isChangedByEncoding(credential)
            ? { ...outcome, reason: tokenError('ClientRejected', { ...outcome.reason, hint: 'basic_encoding' }) }
            : outcome;
        },
      };
