import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../../src/testing/fake-clock.js';
import {
  standInCitrusAd,
  type StandInCitrusAd,
} from '../../../../src/testing/stand-ins/citrus-ad/stand-in-citrus-ad.js';
import { ask, basic, fields, fitting, postForm, text, type Answered } from '../ask.js';

const right = basic('citrus-client', 'citrus-secret');

const tokenUrl = ({ url }: StandInCitrusAd): string => `${url}/v1/oauth2/token`;

const obtain = (citrus: StandInCitrusAd, header = right): Promise<Answered> =>
  postForm(tokenUrl(citrus), { grant_type: 'client_credentials' }, { authorization: header });

const generate = (citrus: StandInCitrusAd, header: string, body = '{"catalogId":"c1"}'): Promise<Answered> =>
  ask(`${citrus.url}/v1/ads/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: header },
    body,
  });

describe('the token endpoint of the CitrusAd stand-in', () => {
  it('answers the one body it takes with a token of three parts and no refresh token', async () => {
    await using citrus = await standInCitrusAd();
    const answered = await obtain(citrus);
    expect([answered.status, fields(answered)]).toEqual([
      200,
      { access_token: fitting(/^[\w-]+\.[\w-]+\.[\w-]+$/), expires_in: 3_600, token_type: 'Bearer' },
    ]);
  });

  it('takes nothing but grant_type in a form', async () => {
    await using citrus = await standInCitrusAd();
    const form = { grant_type: 'client_credentials' };
    const headers = { authorization: right };
    const asked = [
      await postForm(tokenUrl(citrus), { ...form, client_id: 'citrus-client' }, headers),
      await postForm(tokenUrl(citrus), {}, headers),
      await postForm(tokenUrl(citrus), { grant_type: 'password' }, headers),
      await ask(tokenUrl(citrus), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(form),
      }),
      await ask(tokenUrl(citrus), { method: 'POST', headers, body: 'grant_type=client_credentials' }),
    ];
    for (const one of asked) expect([one.status, one.text]).toEqual([400, '{"error":"invalid_request"}']);
  });

  it('says invalid_client for a wrong client, with 401 or 400 as told', async () => {
    await using citrus = await standInCitrusAd();
    await using other = await standInCitrusAd({ invalidClientStatus: 400 });
    const wrong = basic('citrus-client', 'wrong');
    const asked = [await obtain(citrus, wrong), await obtain(citrus, 'Basic !'), await obtain(other, wrong)];
    expect(asked.map((one) => [one.status, one.text])).toEqual([
      [401, '{"error":"invalid_client"}'],
      [401, '{"error":"invalid_client"}'],
      [400, '{"error":"invalid_client"}'],
    ]);
    citrus.setClientSecret('rotated');
    expect([(await obtain(citrus)).status, (await obtain(citrus, basic('citrus-client', 'rotated'))).status]).toEqual([
      401, 200,
    ]);
  });

  it('lets several tokens live at once', async () => {
    await using citrus = await standInCitrusAd();
    const first = text(await obtain(citrus), 'access_token');
    await obtain(citrus);
    expect((await generate(citrus, `Bearer ${first}`)).status).toBe(200);
    expect(citrus.snapshot().livingAccessTokens).toBe(2);
  });
});

describe('the API of the CitrusAd stand-in', () => {
  it('takes a Bearer token or the API key for ads', async () => {
    const clock = fakeClock();
    await using citrus = await standInCitrusAd({ nowMs: clock.nowMs });
    const token = text(await obtain(citrus), 'access_token');
    expect((await generate(citrus, `Bearer ${token}`)).status).toBe(200);
    expect((await generate(citrus, `Basic ${citrus.settings.apiKey}`)).status).toBe(200);
    await clock.advance(3_600_000);
    const expired = await generate(citrus, `Bearer ${token}`);
    expect([expired.status, expired.headers.get('content-type'), expired.text]).toEqual([
      401,
      'text/plain',
      '"Unauthorized"',
    ]);
  });

  it('checks the body before the authorization', async () => {
    await using citrus = await standInCitrusAd();
    const answered = await generate(citrus, 'Bearer invented', '{}');
    expect([answered.status, answered.headers.get('content-type'), answered.text]).toEqual([
      400,
      'text/plain',
      '"catalogId must be set"',
    ]);
  });

  it('can word a 401 as problem+json', async () => {
    await using citrus = await standInCitrusAd({ apiErrors: 'problem' });
    const answered = await generate(citrus, 'Bearer invented');
    expect([answered.status, answered.headers.get('content-type'), fields(answered)]).toEqual([
      401,
      'application/problem+json',
      { title: 'Unauthorized.', status: 401, detail: 'Missing or invalid API credentials.' },
    ]);
  });

  it('takes the API key as it is, and nothing else, outside of ads', async () => {
    await using citrus = await standInCitrusAd({ apiKey: 'raw-key' });
    const token = text(await obtain(citrus), 'access_token');
    const statuses: number[] = [];
    for (const path of ['orders', 'catalogs', 'catalog-products', 'customers']) {
      for (const authorization of ['Basic raw-key', basic('raw-key', ''), `Bearer ${token}`]) {
        statuses.push((await ask(`${citrus.url}/v1/${path}`, { headers: { authorization } })).status);
      }
    }
    expect(statuses).toEqual([200, 401, 401, 200, 401, 401, 200, 401, 401, 200, 401, 401]);
  });

  it('counts impressions and clicks of anybody', async () => {
    await using citrus = await standInCitrusAd();
    const asked = await Promise.all(
      ['first-i', 'second-c', 'third-x'].map((path) => ask(`${citrus.url}/v1/resource/${path}/ad1`)),
    );
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 404]);
  });
});
