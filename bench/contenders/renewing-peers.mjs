import { ConfidentialClientApplication } from '@azure/msal-node';
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { memoize } from '@smithy/property-provider';
import { OAuth2Client as GoogleClient } from 'google-auth-library';
import { AuthorizationCode } from 'simple-oauth2';
import { ask } from './endpoint.mjs';

const expired = { accessToken: 'old', expiresAt: 1 };

/** @typedef {import('./endpoint.mjs').EndpointSettings} EndpointSettings */
/** @typedef {(settings: EndpointSettings, refreshToken: string) => Promise<() => Promise<unknown>>} MakePeer */

/** @type {MakePeer} */
const badgateway = async ({ baseUrl, clientId, clientSecret }, refreshToken) => {
  const client = new OAuth2Client({ server: baseUrl, tokenEndpoint: '/oauth/token', clientId, clientSecret });
  const fetch = new OAuth2Fetch({
    client,
    getNewToken: () => Promise.resolve(undefined),
    getStoredToken: () => ({ ...expired, refreshToken }),
    scheduleRefresh: false,
  });
  await fetch.activeGetStoredToken;
  return () => fetch.getToken();
};

/** @type {MakePeer} */
const google = async ({ baseUrl, clientId, clientSecret }, refreshToken) => {
  const client = new GoogleClient({ clientId, clientSecret, endpoints: { oauth2TokenUrl: `${baseUrl}/oauth/token` } });
  client.setCredentials({ access_token: 'old', expiry_date: 1, refresh_token: refreshToken });
  return () => client.getAccessToken();
};

/** @type {MakePeer} */
const smithy = async (settings, refreshToken) => {
  const renew = async () => {
    await ask(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
    return { expiresAt: Number.MAX_SAFE_INTEGER };
  };
  const token = memoize(
    renew,
    (/** @type {{ expiresAt: number }} */ { expiresAt }) => expiresAt <= Date.now(),
    () => true,
  );
  return () => token();
};

/** @type {MakePeer} */
const simple = async ({ baseUrl, clientId, clientSecret }, refreshToken) => {
  const client = new AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: baseUrl, tokenPath: '/oauth/token' },
  });
  let held = client.createToken({ access_token: 'old', refresh_token: refreshToken, expires_at: new Date(1) });
  return async () => {
    if (held.expired()) held = await held.refresh();
    return held.token;
  };
};

const authority = 'https://login.bench.example/';

/** @type {MakePeer} */
const msal = async (settings, refreshToken) => {
  const { clientId, clientSecret } = settings;
  const metadata = {
    issuer: authority,
    authorization_endpoint: `${authority}oauth/authorize`,
    token_endpoint: `${authority}oauth/token`,
    jwks_uri: `${authority}jwks`,
  };
  const client = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority,
      knownAuthorities: ['login.bench.example'],
      authorityMetadata: JSON.stringify(metadata),
      protocolMode: 'OIDC',
    },
    system: { networkClient: networkTo(settings.baseUrl) },
  });
  return () => client.acquireTokenByRefreshToken({ refreshToken, scopes: [] });
};

/** msal-node takes no `http:` address, so its requests are sent to the endpoint here. @param {string} baseUrl */
const networkTo = (baseUrl) => ({
  sendPostRequestAsync: async (
    /** @type {string} */ url,
    /** @type {{ headers: Record<string, string>, body: string }} */ { headers, body },
  ) => {
    const response = await fetch(url.replace(authority, `${baseUrl}/`), { method: 'POST', headers, body });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
  },
});

/**
 * How each peer is asked for a token that has expired, and whether its callers share one request.
 *
 * @type {Readonly<Record<string, { make: MakePeer, shares: boolean }>>}
 */
export const renewingPeers = {
  '@badgateway/oauth2-client getToken()': { make: badgateway, shares: true },
  'google-auth-library getAccessToken()': { make: google, shares: true },
  '@smithy/property-provider memoize()': { make: smithy, shares: true },
  'simple-oauth2 expired() and refresh()': { make: simple, shares: false },
  '@azure/msal-node acquireTokenByRefreshToken()': { make: msal, shares: false },
};
