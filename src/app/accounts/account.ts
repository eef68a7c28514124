import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountKey } from '../../domain/account-key.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Credential, CredentialFields } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { judgeToken, type Judgement, type Need } from '../../domain/refresh-policy.js';
import { makeToken, timesOfToken, type Token } from '../../domain/token.js';
import { tenantOf, type Tenant } from '../../domain/tenant.js';
import type { Grant } from '../../ports/grant.js';
import type { ConfiguredProvider } from './provider-registry.js';

/** One record, opened: everything the use cases need to know of an account. It holds secrets. */
export interface Account extends ConfiguredProvider {
  readonly key: AccountKey;
  readonly record: AccountRecord;
  /** What was registered for the account itself; the preset's own fields are not in it. */
  readonly registered: CredentialFields;
  readonly credential: Credential;
  readonly grant: Grant;
  /** Fingerprint of the client id and secret in use. */
  readonly client: string;
  /** Fingerprint of the client id alone: the application that a grant belongs to, whatever its secret is by now. */
  readonly application: string;
  readonly token: IssuedToken | undefined;
  /** Whom the account is with, by its credential. */
  readonly tenant: Tenant;
  /** What the record holds in the place of a token that may be used: one that was issued for another tenant. */
  readonly foreignToken?: IssuedToken | undefined;
}

/** Whom an account of this credential is with. */
export const tenantBy = (
  grant: Grant,
  credential: Credential,
  registered: CredentialFields,
  token: IssuedToken | undefined,
): Tenant => tenantOf(credential, registered, tokenAddressOf(grant, credential, token));

/** What a grant of somebody's own writes or throws here reaches nobody. */
const tokenAddressOf = (grant: Grant, credential: Credential, token: IssuedToken | undefined): string | undefined => {
  try {
    if (grant.tokenAddress !== undefined) return grant.tokenAddress(credential);
    const request = grant.renew(credential, token);
    return isLeft(request) ? undefined : request.right.url;
  } catch {
    return undefined;
  }
};

/** An account whose token callers can be given. */
export interface ServableToken {
  readonly token: Token;
  readonly incarnation: string;
  readonly invalidated: boolean;
}

/** What callers get of an account; undefined when there is no access token that can be used at all. */
export const servableTokenOf = ({ key, record, token }: Account): ServableToken | undefined => {
  if (token?.accessToken === undefined) return undefined;
  return {
    token: makeToken({
      key: key.key,
      generation: record.generation,
      accessToken: token.accessToken,
      tokenType: token.tokenType,
      scope: token.scope,
      attributes: token.attributes,
      obtainedAtMs: token.obtainedAt.getTime(),
      expiresAtMs: token.expiresAt.getTime(),
      refreshTokenExpiresAtMs: token.refreshTokenExpiresAt?.getTime(),
      incarnation: record.incarnation,
    }),
    incarnation: record.incarnation,
    invalidated: record.invalidated,
  };
};

/** What to do with what is held, for one need. */
export const judgeServable = (
  held: ServableToken | undefined,
  { policy }: ConfiguredProvider,
  need: Need,
): Judgement =>
  held === undefined || held.invalidated ? 'replace' : judgeToken(policy, timesOfToken(held.token), need);

/** Whether asking twice does no harm: the grant can be repeated, or the provider never replaces a refresh token. */
export const isRepeatable = ({ grant, provider }: Pick<Account, 'grant' | 'provider'>): boolean =>
  grant.repeatable || provider.rotation === 'none';
