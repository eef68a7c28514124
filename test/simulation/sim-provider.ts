import { left, right } from 'fp-ts/lib/Either.js';
import { authorizationCode } from '../../src/adapters/grants/authorization-code.js';
import { clientCredentials } from '../../src/adapters/grants/client-credentials.js';
import type { Credential } from '../../src/domain/credential.js';
import { Secret } from '../../src/domain/secret.js';
import type { Grant } from '../../src/ports/grant.js';
import type { Provider } from '../../src/ports/provider.js';
import { secretText } from './canary.js';

export interface SimProviderOptions {
  readonly grant: 'code' | 'code-again' | 'client';
  /** Accounts need no registration. */
  readonly presetIsComplete: boolean;
  readonly accessLifetimeMs: number;
}

/** The provider's id in keys. */
export const providerId = 'sim';

const endpoint = {
  tokenUrl: 'https://login.example.com/token',
  revocationUrl: 'https://login.example.com/revoke',
  clientAuthentication: 'post',
} as const;

const byCode = authorizationCode({
  ...endpoint,
  authorizationUrl: 'https://login.example.com/authorize',
  pkce: true,
});

const byClient = clientCredentials({ ...endpoint, sendScope: true });

/** The code grant of a provider that takes the code of the installation again once the refresh token is dead. */
const byCodeAgain: Grant = {
  ...byCode,
  judge: (answer, context, step) => {
    const outcome = byCode.judge(answer, context, step);
    const code = context.code ?? context.previous?.installationCode;
    if (outcome._tag !== 'Issued' || code === undefined) return outcome;
    return { ...outcome, token: Object.freeze({ ...outcome.token, installationCode: code }) };
  },
  fallback: (_credential, { installationCode }) =>
    installationCode === undefined
      ? undefined
      : {
          method: 'POST',
          url: endpoint.tokenUrl,
          form: [
            ['grant_type', 'authorization_code'],
            ['code', installationCode.expose()],
            ['again', 'yes'],
          ],
        },
};

const grants = { code: byCode, 'code-again': byCodeAgain, client: byClient } as const;

/** The provider as llavero knows it: the real grants of RFC 6749, under one client for all accounts. */
export const simProvider = ({ grant, presetIsComplete, accessLifetimeMs }: SimProviderOptions): Provider => ({
  id: providerId,
  policy: {},
  documentedLifetimeMs: accessLifetimeMs,
  parseFields: (input) => {
    const secret = input['clientSecret'];
    return right(typeof secret === 'string' ? { clientSecret: new Secret(secret) } : {});
  },
  complete: (key, registered) => {
    const clientSecret = registered.clientSecret ?? (presetIsComplete ? new Secret(secretText('cli', 0)) : undefined);
    if (clientSecret === undefined) return left(`${key.key} has no clientSecret`);
    const credential: Credential = {
      redirectUri: 'https://app.example.com/back',
      ...registered,
      key,
      grant: grant === 'client' ? 'client_credentials' : 'authorization_code',
      clientId: 'sim-client',
      clientSecret,
      scope: key.key,
    };
    return right(Object.freeze(credential));
  },
  grant: () => grants[grant],
});
