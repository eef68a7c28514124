import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.js';
import { standInTray, type StandInTray } from '../../../../src/testing/stand-ins/tray/stand-in-tray.js';
import { walkAuthorization } from '../../../../src/testing/stand-ins/walk-authorization.js';
import { ask, fields, fitting, postForm, text, type Answered } from '../ask.js';

const keys = { consumer_key: 'tray-consumer-key', consumer_secret: 'tray-consumer-secret' };

const exchange = (tray: StandInTray, code = tray.issueCode()): Promise<Answered> =>
  postForm(`${tray.apiAddress}/auth`, { ...keys, code });

const refresh = (tray: StandInTray, refreshToken: string): Promise<Answered> =>
  ask(`${tray.apiAddress}/auth?refresh_token=${refreshToken}`);

const authorizeUrl = (tray: StandInTray, more: Readonly<Record<string, string>> = {}): URL => {
  const url = new URL(`${tray.storeUrl}/auth.php`);
  const query = { response_type: 'code', consumer_key: keys.consumer_key, callback: 'https://shop.test/tray?state=s1' };
  for (const [name, value] of Object.entries({ ...query, ...more })) url.searchParams.append(name, value);
  return url;
};

describe('the authorization page of the Tray stand-in', () => {
  it('sends the browser back with code, store and API address, keeping the query of the callback', async () => {
    await using tray = await standInTray({ storeId: '77' });
    const back = await walkAuthorization(authorizeUrl(tray));
    expect(Object.fromEntries(back.searchParams)).toEqual({
      state: 's1',
      code: fitting(/^[0-9a-f]{64}$/),
      store: '77',
      api_address: `${tray.url}/web_api`,
      store_host: new URL(tray.url).host,
      adm_user: 'admin',
    });
    expect((await exchange(tray, back.searchParams.get('code') ?? '')).status).toBe(201);
  });

  it('shows a page for an unknown application, a secret in the query and another callback than the registered one', async () => {
    await using tray = await standInTray({ callback: 'https://shop.test/tray' });
    const asked = [
      await ask(authorizeUrl(tray, { consumer_secret: 'x' }).href),
      await ask(authorizeUrl(tray).href.replace('tray-consumer-key', 'nobody')),
      await ask(authorizeUrl(tray).href.replace('shop.test', 'evil.test')),
      await ask(authorizeUrl(tray).href),
    ];
    expect(asked.map(({ status }) => status)).toEqual([400, 401, 400, 302]);
  });
});

describe('the token endpoint of the Tray stand-in', () => {
  it('answers a code with 201 and the documented fields, dated by the wall clock of São Paulo', async () => {
    const clock = fakeClock({ nowMs: Date.UTC(2026, 2, 21, 1, 30, 5, 900) });
    await using tray = await standInTray({ nowMs: clock.nowMs, storeId: '2' });
    const answered = await exchange(tray);
    expect(answered.status).toBe(201);
    expect(fields(answered)).toEqual({
      message: 'Created tokens',
      code: 201,
      access_token: fitting(/^APP_ID-1-STORE_ID-2-[0-9a-f]{64}$/),
      refresh_token: fitting(/^[0-9a-f]{64}$/),
      date_expiration_access_token: '2026-03-21 01:30:05',
      date_expiration_refresh_token: '2026-04-19 22:30:05',
      date_activated: '2026-03-20 22:30:05',
      api_host: `${tray.url}/web_api`,
      store_id: '2',
    });
    expect(answered.headers.get('date')).toBe('Sat, 21 Mar 2026 01:30:05 GMT');
  });

  it('answers the same code with 200 and the same pair while that lives', async () => {
    const clock = fakeClock();
    await using tray = await standInTray({ nowMs: clock.nowMs });
    const code = tray.issueCode();
    const created = fields(await exchange(tray, code));
    await clock.advance(60_000);
    const again = await exchange(tray, code);
    expect(again.status).toBe(200);
    expect(fields(again)).toEqual({ ...created, message: 'Token already exists.', code: 200 });
  });

  it('answers the code of a dead pair with 401', async () => {
    await using tray = await standInTray();
    const code = tray.issueCode();
    await exchange(tray, code);
    tray.revokeEverything();
    const again = await exchange(tray, code);
    expect([again.status, fields(again)['error_code']]).toEqual([401, 1099]);
  });

  it('answers the code of a dead pair with a new pair when codes are reusable', async () => {
    await using tray = await standInTray({ reusableCodes: true });
    const code = tray.issueCode();
    const first = text(await exchange(tray, code), 'access_token');
    tray.revokeEverything();
    const again = await exchange(tray, code);
    expect([again.status, text(again, 'access_token') === first]).toEqual([201, false]);
  });

  it('refuses unknown codes and wrong keys', async () => {
    await using tray = await standInTray();
    const url = `${tray.apiAddress}/auth/`;
    const code = tray.issueCode();
    const asked = [
      await postForm(url, { ...keys, code: 'invented' }),
      await postForm(url, { ...keys, consumer_secret: 'wrong', code }),
      await ask(url, { method: 'POST', body: new URLSearchParams({ ...keys, code }).toString() }),
      await postForm(url, { ...keys, code }),
    ];
    expect(asked.map((one) => [one.status, fields(one)['error_code']])).toEqual([
      [401, 1099],
      [401, 1099],
      [401, 1099],
      [201, undefined],
    ]);
    tray.setConsumerSecret('rotated');
    expect((await exchange(tray)).status).toBe(401);
  });

  it('rotates a refresh token by GET and refuses the old one', async () => {
    await using tray = await standInTray();
    const first = text(await exchange(tray), 'refresh_token');
    const refreshed = await refresh(tray, first);
    expect([refreshed.status, fields(refreshed)['message'], fields(refreshed)['code']]).toEqual([
      200,
      'Refreshed tokens',
      200,
    ]);
    expect(text(refreshed, 'refresh_token')).not.toBe(first);
    const refused = await refresh(tray, first);
    expect([refused.status, fields(refused)]).toEqual([
      401,
      {
        code: 401,
        url: '//auth',
        name: 'Unauthorized access',
        error_code: 1000,
        causes: ['Token inválido ou expirado'],
      },
    ]);
    expect([...tray.refreshTokenUses]).toEqual([[first, 2]]);
    expect(tray.requests.at(-1)?.refreshToken).toEqual({ token: first, use: 2, serial: 1, generation: 1 });
  });

  it('words its answers as told: status as text, short refresh answers, dead tokens with 1099 or no code', async () => {
    await using tray = await standInTray({ statusAsText: true, shortRefreshAnswers: true, deadTokenErrorCode: 1099 });
    await using plain = await standInTray({ deadTokenErrorCode: 'none' });
    const created = await exchange(tray);
    const refreshed = fields(await refresh(tray, text(created, 'refresh_token')));
    expect([fields(created)['code'], refreshed['code'], refreshed['api_host'], refreshed['date_activated']]).toEqual([
      '201',
      '200',
      undefined,
      undefined,
    ]);
    expect(fields(await refresh(tray, 'dead'))['error_code']).toBe(1099);
    expect(fields(await refresh(plain, 'dead'))).toEqual({
      code: 401,
      message: 'Unauthorized',
      causes: ['Token expired or invalid'],
    });
  });
});

describe('a store of the Tray stand-in that is not active', () => {
  it('refuses everything with its own error code and spends no refresh token', async () => {
    await using tray = await standInTray();
    const created = await exchange(tray);
    const [accessToken, refreshToken] = [text(created, 'access_token'), text(created, 'refresh_token')];
    const codes: unknown[] = [];
    for (const state of ['blocked', 'inactive', 'cancelled'] as const) {
      tray.setStoreState(state);
      const asked = [
        await refresh(tray, refreshToken),
        await exchange(tray),
        await ask(`${tray.apiAddress}/orders?access_token=${accessToken}`),
      ];
      codes.push(...asked.map((one) => [one.status, fields(one)['error_code']]));
    }
    expect(codes).toEqual([1001, 1002, 1003].flatMap((code) => Array.from({ length: 3 }, () => [401, code])));
    expect([...tray.refreshTokenUses]).toEqual([]);
    tray.setStoreState('active');
    expect((await refresh(tray, refreshToken)).status).toBe(200);
  });
});

describe('the API of the Tray stand-in', () => {
  it('takes the token in the query on every verb, and not in a header', async () => {
    await using tray = await standInTray();
    const accessToken = text(await exchange(tray), 'access_token');
    const url = `${tray.apiAddress}/orders`;
    const asked = [
      await ask(`${url}?access_token=${accessToken}&limit=1`),
      await ask(`${url}/7?access_token=${accessToken}`, { method: 'PUT', body: '{"Order":{}}' }),
      await ask(url, { headers: { authorization: `Bearer ${accessToken}` } }),
      await ask(`${tray.apiAddress}/web_api/orders?access_token=${accessToken}`),
    ];
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 401, 404]);
    expect(asked[0]?.text).toBe(
      '{"paging":{"total":1,"page":1,"limit":30},"Orders":[{"Order":{"id":"1","store_id":"391250"}}]}',
    );
    expect(fields(asked[1] ?? { status: 0, headers: new Headers(), text: '{}' })['received']).toBe('{"Order":{}}');
  });

  it('refuses a token that has expired with 1000', async () => {
    const clock = fakeClock();
    await using tray = await standInTray({ nowMs: clock.nowMs });
    const url = `${tray.apiAddress}/orders?access_token=${text(await exchange(tray), 'access_token')}`;
    await clock.advance(3 * 3_600_000 - 1);
    expect((await ask(url)).status).toBe(200);
    await clock.advance(1);
    expect(fields(await ask(url))['error_code']).toBe(1000);
  });
});
