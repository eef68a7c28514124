import { map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TokenError } from '../../domain/token-error.js';
import type { TokenRequest } from '../../ports/grant.js';
import type { Account } from '../accounts/account.js';
import type { OwnAttempt } from './write-outcome.js';
import type { Asked } from './send-token-request.js';

/** What an attempt sends, and what its answer is judged by. */
export interface WrittenRequest {
  readonly request: TokenRequest;
  readonly asked: Asked;
}

/**
 * Writes the request of an attempt. The second way spends a code as at the first time: nothing of the dead token is carried
 * over but the code itself.
 */
export const requestFor = (
  { grant, credential, token }: Account,
  { way }: Pick<OwnAttempt, 'way'>,
): Either<TokenError, WrittenRequest> => {
  const request = way === 'fallback' && token !== undefined ? grant.fallback?.(credential, token) : undefined;
  const code = token?.installationCode;
  return pipe(
    request === undefined ? grant.renew(credential, token) : right(request),
    map((written) => ({
      request: written,
      asked:
        request === undefined || code === undefined
          ? { step: 'renew', previous: token }
          : { step: 'obtain', previous: undefined, code: { code } },
    })),
  );
};
