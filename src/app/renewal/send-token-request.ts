import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { unknown, unsent, type Outcome } from '../../domain/outcome.js';
import { tokenError } from '../../domain/token-error.js';
import type { ObtainedCode, TokenRequest } from '../../ports/grant.js';
import type { HttpAnswer, HttpClient, HttpFailure } from '../../ports/http-client.js';
import { tenantBy, type Account } from '../accounts/account.js';

/** What a request was for: the step, the token it renews, and the code it spends. */
export interface Asked {
  readonly step: 'obtain' | 'renew';
  readonly previous: IssuedToken | undefined;
  readonly code?: ObtainedCode | undefined;
  /** When somebody may take the attempt over: the request leaves before then or not at all. */
  readonly leavesBeforeMonotonicMs?: number | undefined;
}

/** Sends one token request, once, and judges what came back; a token is marked with the tenant that issued it. */
export type SendTokenRequest = (account: Account, request: TokenRequest, asked: Asked) => () => Promise<Outcome>;

export const makeSendTokenRequest =
  (http: HttpClient): SendTokenRequest =>
  (account, request, asked) =>
    pipe(
      http.send({
        ...request,
        timeoutMs: account.policy.requestTimeoutMs,
        leavesBeforeMonotonicMs: asked.leavesBeforeMonotonicMs,
      }),
      TE.match(outcomeOfFailure(account, request), (answer) => marked(account, asked, judge(account, asked, answer))),
    );

const outcomeOfFailure =
  ({ key: { key } }: Account, request: TokenRequest) =>
  ({ _tag, why }: HttpFailure): Outcome => {
    if (_tag === 'Unknown') return unknown(why);
    const refused = why === 'address_refused' || why === 'not_https';
    return unsent(
      refused
        ? tokenError('UntrustedAddress', { key, host: new URL(request.url).host, why })
        : tokenError('ProviderUnavailable', { key, why }),
    );
  };

/** Whom the request went to, by the credential that it was written with and what the code tells of it. */
const marked = ({ grant, credential, registered }: Account, { code }: Asked, outcome: Outcome): Outcome => {
  if (outcome._tag !== 'Issued') return outcome;
  const learned = code === undefined ? {} : grant.learned?.(code);
  const tenant = tenantBy(grant, { ...credential, ...learned }, { ...registered, ...learned }, outcome.token);
  return { ...outcome, token: { ...outcome.token, tenant } };
};

/** A grant's own code stands between a provider's answer and our commit: whatever it throws must not cost the answer. */
const judge = (account: Account, { step, previous, code }: Asked, answer: HttpAnswer): Outcome => {
  const { provider, policy } = account;
  try {
    return account.grant.judge(
      answer,
      {
        key: account.key.key,
        sentAtMs: answer.sentAtMs,
        previous,
        documentedLifetimeMs: provider.documentedLifetimeMs,
        documentedRefreshLifetimeMs: provider.documentedRefreshLifetimeMs,
        defaultLifetimeMs: policy.defaultLifetimeMs,
        retryAfterMaxMs: policy.retryAfterMaxMs,
        requestedScope: code?.scope ?? account.credential.scope,
        apiAddress: code?.apiAddress ?? account.credential.apiAddress,
        code: code?.code,
      },
      step,
    );
  } catch {
    return unknown('unreadable_answer');
  }
};
