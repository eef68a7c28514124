import type { AccountKey } from '../../domain/account-key.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Credential, CredentialFields } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import { judgeToken, type Judgement, type Need } from '../../domain/refresh-policy.js';
import { makeToken, timesOfToken, type Token } from '../../domain/token.js';
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
  readonly token: IssuedToken | undefined;
}

/** An account whose token callers can be given. */
export interface Held {
  readonly token: Token;
  readonly incarnation: string;
  /** When its record was written, by the store's clock: between two incarnations the later one counts. */
  readonly writtenAtMs: number;
  readonly invalidated: boolean;
}

/** What callers get of an account; undefined when there is no access token that can be used at all. */
export const heldOf = ({ key, record, token }: Account): Held | undefined => {
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
    }),
    incarnation: record.incarnation,
    writtenAtMs: record.updatedAt,
    invalidated: record.invalidated,
  };
};

/** What to do with what is held, for one need. */
export const judgeHeld = (held: Held | undefined, { policy }: ConfiguredProvider, need: Need): Judgement =>
  held === undefined || held.invalidated ? 'replace' : judgeToken(policy, timesOfToken(held.token), need);
