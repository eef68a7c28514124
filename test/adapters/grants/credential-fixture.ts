import { isLeft, type Either } from 'fp-ts/lib/Either.js';
import type { Credential, CredentialFields, GrantStyle } from '../../../src/domain/credential.js';
import type { IssuedToken } from '../../../src/domain/issued-token.js';
import { Secret } from '../../../src/domain/secret.js';

export const credentialWith = (grant: GrantStyle, fields: CredentialFields = {}): Credential => ({
  key: { key: 'shop/1', provider: 'shop', account: '1' },
  clientId: 'id',
  clientSecret: new Secret('secret'),
  ...fields,
  grant,
});

export const heldToken: IssuedToken = Object.freeze({
  accessToken: new Secret('access'),
  tokenType: 'Bearer',
  refreshToken: new Secret('refresh'),
  obtainedAt: new Date(0),
  expiresAt: new Date(3_600_000),
  attributes: {},
});

/** The right side; throws with the left. */
export const rightOf = <E, A>(result: Either<E, A>): A => {
  if (isLeft(result)) throw new Error(`expected a right, got ${JSON.stringify(result.left)}`);
  return result.right;
};
