import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { memoize } from '@smithy/property-provider';
import { OAuth2Client as GoogleClient } from 'google-auth-library';

const expiresAt = Date.now() + 24 * 3_600_000;

const never = () => Promise.reject(new Error('nothing had to be fetched'));

/** One cached token each, asked for in each peer's own way. @returns {readonly (readonly [name: string, token: () => Promise<unknown>])[]} */
export const cachedPeers = () => {
  const badgateway = badgatewayFetch({ accessToken: 'token', expiresAt, refreshToken: 'refresh' });
  const google = new GoogleClient({ clientId: 'id', clientSecret: 'secret' });
  google.setCredentials({ access_token: 'token', expiry_date: expiresAt, refresh_token: 'refresh' });
  const held = { accessToken: 'token', expiresAt };
  const memoized = memoize(
    async () => held,
    (/** @type {typeof held} */ token) => token.expiresAt <= Date.now(),
    () => true,
  );
  return [
    ['@badgateway/oauth2-client getToken()', () => badgateway.getToken()],
    ['google-auth-library getAccessToken()', () => google.getAccessToken()],
    ['@smithy/property-provider memoize()', () => memoized()],
  ];
};

/** @param {{ accessToken: string, expiresAt: number, refreshToken: string }} token */
export const badgatewayFetch = (token) => {
  const client = new OAuth2Client({ server: 'https://bench.example', clientId: 'id', clientSecret: 'secret' });
  const fetch = new OAuth2Fetch({ client, getNewToken: never, scheduleRefresh: false });
  fetch.token = token;
  return fetch;
};
