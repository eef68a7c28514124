import { left, right } from 'fp-ts/lib/Either.js';
import { authorizationCode } from '../../src/adapters/grants/authorization-code.js';
import { clientCredentials } from '../../src/adapters/grants/client-credentials.js';
import type { Credential } from '../../src/domain/credential.js';
import type { Rotation } from '../../src/domain/rotation.js';
import { Secret } from '../../src/domain/secret.js';
import type { Grant } from '../../src/ports/grant.js';
import type { Provider } from '../../src/ports/provider.js';
import { secretText } from './canary.js';
import type { Application } from './provider-oracle.js';

export interface SimProviderOptions {
  readonly grant: 'code' | 'code-again' | 'client';
  /** What the preset brings along; undefined where accounts have to be registered. */
  readonly presetSecret: string | undefined;
  readonly accessLifetimeMs: number;
  readonly rotation?: Rotation | undefined;
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
  fallback: ({ clientSecret }, { installationCode }) =>
    installationCode === undefined
      ? undefined
      : {
          method: 'POST',
          url: endpoint.tokenUrl,
          form: [
            ['grant_type', 'authorization_code'],
            ['code', installationCode.expose()],
            ['again', 'yes'],
            ['client_secret', clientSecret.expose()],
          ],
        },
};

const grants = { code: byCode, 'code-again': byCodeAgain, client: byClient } as const;

/** Client secrets from this number on belong to another application. */
const anotherFrom = 50;

/** The `n`-th client secret of one of our applications. */
export const clientSecretOf = (application: Application, n: number): string =>
  secretText('cli', application === 'ours' ? n : anotherFrom + n);

const anothers = new Set(Array.from({ length: 10 }, (_, n) => clientSecretOf('another', n)));

/** Whose a client secret is. */
export const applicationOf = (clientSecret: string): Application => (anothers.has(clientSecret) ? 'another' : 'ours');

/** The client id of the application that a client secret belongs to. */
export const clientIdOf = (clientSecret: string): string => `client of ${applicationOf(clientSecret)}`;

/** The text whose fingerprint tells clients apart. */
export const clientText = (clientSecret: string): string => `${clientIdOf(clientSecret)}\n${clientSecret}`;

/** The provider as llavero knows it: the real grants of RFC 6749, under one client for all accounts. */
export const simProvider = ({ grant, presetSecret, accessLifetimeMs, rotation }: SimProviderOptions): Provider => ({
  id: providerId,
  policy: {},
  rotation,
  documentedLifetimeMs: accessLifetimeMs,
  parseFields: (input) => {
    const secret = input['clientSecret'];
    return right(typeof secret === 'string' ? { clientSecret: new Secret(secret) } : {});
  },
  complete: (key, registered) => {
    const clientSecret = registered.clientSecret ?? (presetSecret === undefined ? undefined : new Secret(presetSecret));
    if (clientSecret === undefined) return left(`${key.key} has no clientSecret`);
    const credential: Credential = {
      redirectUri: 'https://app.example.com/back',
      ...registered,
      key,
      grant: grant === 'client' ? 'client_credentials' : 'authorization_code',
      clientId: clientIdOf(clientSecret.expose()),
      clientSecret,
      scope: key.key,
    };
    return right(Object.freeze(credential));
  },
  grant: () => grants[grant],
});
