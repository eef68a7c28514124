import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.js';
import {
  standInCentry,
  type StandInCentry,
  type StandInCentryOptions,
} from '../../../../src/testing/stand-ins/centry/stand-in-centry.js';
import { walkAuthorization } from '../../../../src/testing/stand-ins/walk-authorization.js';
import { ask, basic, fields, fitting, postForm, text, type Answered } from '../ask.js';

const redirectUri = 'https://shop.test/centry?tenant=7';

const started = (options: StandInCentryOptions = {}): Promise<StandInCentry> =>
  standInCentry({ redirectUri, ...options });

const client = { client_id: 'centry-client', client_secret: 'centry-secret' };

const exchange = (centry: StandInCentry, more: Readonly<Record<string, string>> = {}): Promise<Answered> =>
  postForm(`${centry.url}/oauth/token`, {
    ...client,
    grant_type: 'authorization_code',
    code: centry.issueCode(),
    redirect_uri: redirectUri,
    ...more,
  });

const refresh = (centry: StandInCentry, refreshToken: string): Promise<Answered> =>
  postForm(`${centry.url}/oauth/token`, { ...client, grant_type: 'refresh_token', refresh_token: refreshToken });

const authorizeUrl = (centry: StandInCentry, more: Readonly<Record<string, string>> = {}): URL => {
  const url = new URL(`${centry.url}/oauth/authorize`);
  const query = { response_type: 'code', client_id: 'centry-client', redirect_uri: redirectUri, state: 's/1', ...more };
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return url;
};

const api = (centry: StandInCentry, accessToken: string, path = 'orders.json'): Promise<Answered> =>
  ask(`${centry.url}/conexion/v1/${path}`, { headers: { authorization: `Bearer ${accessToken}` } });

describe('the authorization page of the Centry stand-in', () => {
  it('sends the browser back with a code and the state, keeping the query of the redirect URI', async () => {
    await using centry = await started();
    const back = await walkAuthorization(authorizeUrl(centry, { scope: 'read_orders' }));
    expect([...back.searchParams.keys()]).toEqual(['tenant', 'code', 'state']);
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual(['https://shop.test/centry', 's/1']);
    const answered = await exchange(centry, { code: back.searchParams.get('code') ?? '' });
    expect([answered.status, fields(answered)['scope']]).toEqual([200, 'read_orders']);
  });

  it('says access_denied when merchants say no', async () => {
    await using centry = await started();
    centry.denyAuthorizations(true);
    const back = await walkAuthorization(authorizeUrl(centry));
    expect([back.searchParams.get('error'), back.searchParams.get('state'), back.searchParams.has('code')]).toEqual([
      'access_denied',
      's/1',
      false,
    ]);
  });

  it('shows the code on a page for an out-of-band redirect URI', async () => {
    await using centry = await started();
    const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';
    const page = await ask(authorizeUrl(centry, { redirect_uri: outOfBand }).href);
    const code = /<code id="authorization_code">([0-9a-f]{64})<\/code>/.exec(page.text)?.[1] ?? '';
    expect([page.status, (await exchange(centry, { code, redirect_uri: outOfBand })).status]).toEqual([200, 200]);
  });

  it('does not redirect for an unknown client or another redirect URI', async () => {
    await using centry = await started();
    expect((await ask(authorizeUrl(centry, { client_id: 'nobody' }).href)).status).toBe(401);
    expect((await ask(authorizeUrl(centry, { redirect_uri: 'https://evil.test/' }).href)).status).toBe(400);
    await expect(walkAuthorization(authorizeUrl(centry, { response_type: 'token' }))).rejects.toThrow(
      new Error(`${centry.url}/oauth/authorize answered 400 instead of redirecting to https://shop.test/centry`),
    );
  });

  it('holds the exchange to the PKCE challenge it was given', async () => {
    await using centry = await started();
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = async (): Promise<string> =>
      (await walkAuthorization(authorizeUrl(centry, { code_challenge: challenge }))).searchParams.get('code') ?? '';
    expect((await exchange(centry, { code: await code() })).status).toBe(400);
    expect((await exchange(centry, { code: await code(), code_verifier: 'w'.repeat(43) })).status).toBe(400);
    expect((await exchange(centry, { code: await code(), code_verifier: verifier })).status).toBe(200);
  });
});

describe('the token endpoint of the Centry stand-in', () => {
  it('answers a code with the documented fields, dated by its own clock', async () => {
    const clock = fakeClock({ nowMs: 1_501_020_167_900 });
    await using centry = await started({ nowMs: clock.nowMs });
    const answered = await exchange(centry);
    expect([answered.status, answered.headers.get('cache-control'), answered.headers.get('date')]).toEqual([
      200,
      'no-store',
      'Tue, 25 Jul 2017 22:02:47 GMT',
    ]);
    expect(fields(answered)).toEqual({
      access_token: fitting(/^[0-9a-f]{64}$/),
      token_type: 'bearer',
      expires_in: 7_200,
      refresh_token: fitting(/^[0-9a-f]{64}$/),
      created_at: 1_501_020_167,
    });
  });

  it('states a lifetime of a fraction of a second as it is', async () => {
    await using centry = await started({ accessTokenLifetimeMs: 250 });
    expect(fields(await exchange(centry))['expires_in']).toBe(0.25);
  });

  it('takes JSON, and refuses it with 415 when told to take forms only', async () => {
    await using lenient = await started();
    await using strict = await started({ formsOnly: true });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...client, grant_type: 'client_credentials', scope: 'public' }),
    };
    const answered = await ask(`${lenient.url}/oauth/token`, init);
    expect([answered.status, fields(answered)['scope'], fields(answered)['refresh_token']]).toEqual([
      200,
      'public',
      undefined,
    ]);
    const refused = await ask(`${strict.url}/oauth/token`, init);
    expect([refused.status, refused.text]).toEqual([415, '{}']);
  });

  it('takes a code once, within ten minutes, for the redirect URI it was issued for', async () => {
    const clock = fakeClock();
    await using centry = await started({ nowMs: clock.nowMs });
    const code = centry.issueCode();
    const again = await Promise.all([exchange(centry, { code }), exchange(centry, { code })]);
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200, 400]));
    expect((await exchange(centry, { redirect_uri: 'https://shop.test/centry' })).status).toBe(400);
    const old = centry.issueCode();
    await clock.advance(600_000);
    expect(fields(await exchange(centry, { code: old }))['error']).toBe('invalid_grant');
  });

  it('rotates a refresh token and refuses the old one, with 400 or 401 as told', async () => {
    for (const invalidGrantStatus of [400, 401] as const) {
      await using centry = await started({ invalidGrantStatus });
      const first = text(await exchange(centry), 'refresh_token');
      const second = text(await refresh(centry, first), 'refresh_token');
      expect(second).not.toBe(first);
      const refused = await refresh(centry, first);
      expect([refused.status, fields(refused)['error']]).toEqual([invalidGrantStatus, 'invalid_grant']);
      expect(refused.headers.get('www-authenticate')).toContain('error="invalid_grant"');
      expect((await refresh(centry, second)).status).toBe(200);
    }
  });

  it('leaves a refresh token that stays out of the answer when told so', async () => {
    await using centry = await started({ rotation: 'none', omitKeptRefreshToken: true });
    const kept = text(await exchange(centry), 'refresh_token');
    expect(fields(await refresh(centry, kept))['refresh_token']).toBe(undefined);
    expect((await refresh(centry, kept)).status).toBe(200);
  });

  it('knows its client by the body or by HTTP Basic, never by both', async () => {
    await using centry = await started();
    const url = `${centry.url}/oauth/token`;
    const form = { grant_type: 'client_credentials' };
    const header = { authorization: basic('centry-client', 'centry-secret') };
    const asked = [
      await postForm(url, { ...form, ...client }),
      await postForm(url, form, header),
      await postForm(url, { ...form, ...client }, header),
      await postForm(url, { ...form, ...client, client_secret: 'wrong' }),
      await postForm(url, form),
      await postForm(`${url}?${new URLSearchParams(client).toString()}`, form),
    ];
    expect(asked.map((one) => [one.status, fields(one)['error']])).toEqual([
      [200, undefined],
      [200, undefined],
      [400, 'invalid_request'],
      [401, 'invalid_client'],
      [401, 'invalid_client'],
      [401, 'invalid_client'],
    ]);
  });

  it('takes another client secret from the moment it is set', async () => {
    await using centry = await started();
    centry.setClientSecret('rotated');
    expect((await exchange(centry)).status).toBe(401);
    expect((await exchange(centry, { client_secret: 'rotated' })).status).toBe(200);
  });

  it('refuses repeated, missing and unknown parameters by their own errors', async () => {
    await using centry = await started();
    const url = `${centry.url}/oauth/token`;
    const repeated = new URLSearchParams({ ...client, grant_type: 'client_credentials' });
    repeated.append('scope', 'public');
    repeated.append('scope', 'read_orders');
    const asked = [
      await ask(url, { method: 'POST', body: repeated }),
      await postForm(url, client),
      await postForm(url, { ...client, grant_type: 'refresh_token' }),
      await postForm(url, { ...client, grant_type: 'password' }),
    ];
    expect(asked.map((one) => [one.status, fields(one)['error']])).toEqual([
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'unsupported_grant_type'],
    ]);
  });

  it('forgets a token that is revoked', async () => {
    await using centry = await started();
    const answered = await exchange(centry);
    const revoked = await postForm(`${centry.url}/oauth/revoke`, { ...client, token: text(answered, 'refresh_token') });
    expect([revoked.status, (await api(centry, text(answered, 'access_token'))).status]).toEqual([200, 401]);
    expect((await postForm(`${centry.url}/oauth/revoke`, { token: 'x' })).status).toBe(401);
  });
});

describe('the API of the Centry stand-in', () => {
  it('answers a Bearer token with small, believable resources', async () => {
    await using centry = await started();
    const accessToken = text(await exchange(centry), 'access_token');
    const paths = ['orders.json', 'sizes.json?limit=1', 'company_info.json', 'nothing.json'];
    const asked = await Promise.all(paths.map((path) => api(centry, accessToken, path)));
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    expect(asked[0]?.text).toBe('[{"_id":"59776f5b0000000000000002","status_origin":"paid","total_amount":19990}]');
  });

  it('answers anything else with an empty 401 whose header says why', async () => {
    await using centry = await started();
    const answered = await exchange(centry);
    const accessToken = text(answered, 'access_token');
    centry.expireAccessTokens();
    const expired = await api(centry, accessToken);
    await refresh(centry, text(answered, 'refresh_token'));
    const asked = [expired, await api(centry, accessToken), await api(centry, 'invented')];
    expect(asked.map((one) => [one.status, one.text, one.headers.get('www-authenticate')])).toEqual(
      ['expired', 'was revoked', 'is invalid'].map((what) => [
        401,
        '',
        `Bearer realm="Doorkeeper", error="invalid_token", error_description="The access token ${what}"`,
      ]),
    );
    const inQuery = await ask(`${centry.url}/conexion/v1/orders.json?access_token=${accessToken}`);
    expect(inQuery.status).toBe(401);
  });

  it('gives back the body of a call that writes', async () => {
    await using centry = await started();
    const accessToken = text(await exchange(centry), 'access_token');
    const answered = await ask(`${centry.url}/conexion/v1/orders.json`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
      body: '{"a":1}',
    });
    expect([answered.status, fields(answered)['received']]).toEqual([201, '{"a":1}']);
  });
});

describe('the log of the Centry stand-in', () => {
  it('tells what each request was, which refresh token it carried and what became of it', async () => {
    const clock = fakeClock({ nowMs: 5_000 });
    await using centry = await started({ nowMs: clock.nowMs });
    const first = await exchange(centry);
    const refreshToken = text(first, 'refresh_token');
    await clock.advance(10);
    await refresh(centry, refreshToken);
    await refresh(centry, refreshToken);
    await api(centry, text(first, 'access_token'), 'orders.json?limit=2');
    const told = centry.requests.map(({ serial, atMs, method, path, endpoint, grant, status, accepted }) => ({
      serial,
      atMs,
      line: `${method} ${path} ${endpoint} ${grant ?? '-'} ${status ?? '-'} ${accepted}`,
    }));
    expect(told).toEqual([
      { serial: 1, atMs: 5_000, line: 'POST /oauth/token token authorization_code 200 true' },
      { serial: 2, atMs: 5_010, line: 'POST /oauth/token token refresh_token 200 true' },
      { serial: 3, atMs: 5_010, line: 'POST /oauth/token token refresh_token 400 false' },
      { serial: 4, atMs: 5_010, line: 'GET /conexion/v1/orders.json api - 401 false' },
    ]);
    expect(centry.requests.map((request) => request.refreshToken)).toEqual([
      undefined,
      { token: refreshToken, use: 1, serial: 1, generation: 1 },
      { token: refreshToken, use: 2, serial: 1, generation: 1 },
      undefined,
    ]);
    expect(centry.requests[1]?.form?.at(-1)).toEqual(['refresh_token', refreshToken]);
    expect(centry.requests[3]?.query).toEqual([['limit', '2']]);
    expect([...centry.refreshTokenUses]).toEqual([[refreshToken, 2]]);
    expect(inspect(centry.requests[1])).toBe(
      'POST /oauth/token (client_id, client_secret, grant_type, refresh_token) 200',
    );
    expect(JSON.stringify(centry.requests)).not.toContain(refreshToken.slice(0, 8));
  });

  it('does not count a refresh token that was turned away with its client', async () => {
    await using centry = await started();
    const refreshToken = text(await exchange(centry), 'refresh_token');
    centry.setClientSecret('rotated');
    expect((await refresh(centry, refreshToken)).status).toBe(401);
    expect([...centry.refreshTokenUses]).toEqual([]);
    centry.setClientSecret('centry-secret');
    expect((await refresh(centry, refreshToken)).status).toBe(200);
    expect([...centry.refreshTokenUses]).toEqual([[refreshToken, 1]]);
  });

  it('counts a refresh token that the provider never issued', async () => {
    await using centry = await started();
    await refresh(centry, 'invented');
    expect(centry.requests[0]?.refreshToken).toEqual({ token: 'invented', use: 1 });
    expect([...centry.refreshTokenUses]).toEqual([['invented', 1]]);
  });
});
