import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import type { ClientAuthentication } from '../../../src/adapters/grants/client-authentication.js';
import { factsOf } from '../../../src/domain/token-error-facts.js';
import { answerWith, contextWith, sentAtMs } from '../../domain/token-response/answer-fixtures.js';
import { setUp } from '../providers/provider-fixture.js';

const refused = (
  clientAuthentication: ClientAuthentication,
  client: { readonly clientId?: string; readonly clientSecret?: string },
  answer: ReturnType<typeof answerWith> = answerWith(401, { error: 'invalid_client' }),
) => {
  const preset = defineProvider({
    id: 'shop',
    authorizationEndpoint: 'https://shop.test/authorize',
    tokenEndpoint: 'https://shop.test/token',
    clientAuthentication,
    clientCredentials: true,
    pkce: true,
  });
  const { grant } = setUp(preset({ clientId: 'id', clientSecret: 'secret', ...client }));
  const outcome = grant.judge({ ...answer, sentAtMs }, contextWith(), 'renew');
  return outcome._tag === 'Rejected' ? outcome.reason : undefined;
};

describe('a refused client', () => {
  it.each(['a+b', 'a/b', 'a=', '%41', 'a:b', 'a b', 'a~b', 'clé'])(
    'that proved itself by basic with %j in its secret or id is hinted at the other ways, without quoting it',
    (odd) => {
      for (const client of [{ clientSecret: odd }, { clientId: odd }]) {
        const reason = refused('basic', client);
        expect(reason).toEqual({
          _tag: 'ClientRejected',
          key: 'shop/1',
          error: 'invalid_client',
          hint: 'basic_encoding',
        });
        const message = reason === undefined ? '' : factsOf(reason).message;
        expect(message).toContain("clientAuthentication: 'basic'");
        expect(message).toContain("'basic-unencoded' or 'post'");
        expect(message).not.toContain(odd);
      }
    },
  );

  it('is hinted as well when it is refused by a 401 that is a page', () => {
    expect(refused('basic', { clientSecret: 'a+b' }, answerWith(401, undefined, {}, 'Unauthorized'))).toMatchObject({
      error: 'http_401',
      hint: 'basic_encoding',
    });
  });

  it('is not, where the encoding cannot be to blame', () => {
    const plain = { _tag: 'ClientRejected', key: 'shop/1', error: 'invalid_client' };
    expect(refused('basic', { clientSecret: 'Az09-._*' })).toEqual(plain);
    expect(refused('basic-unencoded', { clientSecret: 'a+b' })).toEqual(plain);
    expect(refused('post', { clientSecret: 'a+b' })).toEqual(plain);
    expect(refused('basic', { clientSecret: 'a+b' }, answerWith(400, { error: 'invalid_request' }))).toMatchObject({
      hint: 'dead_refresh_token',
    });
  });
});
