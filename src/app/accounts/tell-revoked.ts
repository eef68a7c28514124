import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseRevocationAnswer } from '../../domain/token-response/revocation-response.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Account } from './account.js';

/** Tells the provider to forget a token (RFC 7009), where it can be told. Left when it does not confirm. */
export type TellRevoked = (
  account: Pick<Account, 'key' | 'grant' | 'credential' | 'policy'>,
  token: IssuedToken,
) => TE.TaskEither<TokenError, void>;

export const makeTellRevoked =
  (http: HttpClient): TellRevoked =>
  ({ key: { key }, grant, credential, policy }, token) => {
    const request = grant.revoke?.(credential, token);
    if (request === undefined) return TE.right(undefined);
    return pipe(
      http.send({ ...request, timeoutMs: policy.requestTimeoutMs }),
      TE.mapError(({ why }) => tokenError('ProviderUnavailable', { key, why })),
      TE.flatMap((answer) => TE.fromEither(parseRevocationAnswer(key, answer))),
    );
  };
