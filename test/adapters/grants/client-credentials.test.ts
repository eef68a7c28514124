import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { clientCredentials } from '../../../src/adapters/grants/client-credentials.js';
import { answerWith, contextWith } from '../../domain/token-response/answer-fixtures.js';
import { credentialWith, heldToken } from './credential-fixture.js';

const credential = credentialWith('client_credentials', { scope: 'read' });
const data = { tokenUrl: 'https://shop.test/token', clientAuthentication: 'basic-unencoded' } as const;
const request = (form: readonly (readonly [string, string])[]): unknown =>
  right({
    method: 'POST',
    url: 'https://shop.test/token',
    form,
    headers: { Authorization: 'Basic aWQ6c2VjcmV0' },
  });

describe('client credentials', () => {
  it('ask with nothing but the grant type where the provider knows no scopes', () => {
    const grant = clientCredentials({ ...data, sendScope: false });
    expect(grant.obtain(credential)).toEqual(request([['grant_type', 'client_credentials']]));
  });

  it('ask with the scope and extra parameters where the provider knows them', () => {
    const grant = clientCredentials({ ...data, sendScope: true, parameters: [['audience', 'api']] });
    expect(grant.obtain(credential)).toEqual(
      request([
        ['grant_type', 'client_credentials'],
        ['scope', 'read'],
        ['audience', 'api'],
      ]),
    );
  });

  it('renew by asking again, whatever is held', () => {
    const grant = clientCredentials({ ...data, sendScope: false });
    expect([grant.renew(credential, heldToken), grant.renew(credential, undefined)]).toEqual([
      grant.obtain(credential),
      grant.obtain(credential),
    ]);
  });

  it('can be repeated and need no person', () => {
    const grant = clientCredentials({ ...data, sendScope: false });
    expect([grant.style, grant.repeatable, grant.authorization]).toEqual(['client_credentials', true, undefined]);
    const refused = answerWith(400, { error: 'invalid_grant' });
    expect(grant.judge({ ...refused, sentAtMs: 0 }, contextWith(), 'renew')).toEqual({
      _tag: 'Rejected',
      reason: { _tag: 'RequestRejected', key: 'shop/1', error: 'invalid_grant', status: 400 },
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('are revoked only where the provider can be told', () => {
    expect(clientCredentials({ ...data, sendScope: false }).revoke).toBeUndefined();
    const grant = clientCredentials({ ...data, sendScope: false, revocationUrl: 'https://shop.test/revoke' });
    expect(grant.revoke?.(credential, heldToken).url).toBe('https://shop.test/revoke');
  });
});
