import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/testing/stand-ins/server/fault.js';
import { standInCentry, type StandInCentry } from '../../../../src/testing/stand-ins/centry/stand-in-centry.js';
import { ask, fields, postForm, text, type Answered } from '../ask.js';

const client = { client_id: 'centry-client', client_secret: 'centry-secret' };

const refresh = (centry: StandInCentry, refreshToken: string, signal?: AbortSignal): Promise<Answered> =>
  ask(`${centry.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...client, grant_type: 'refresh_token', refresh_token: refreshToken }),
    ...(signal && { signal }),
  });

const authorized = async (centry: StandInCentry): Promise<string> => {
  const answered = await postForm(`${centry.url}/oauth/token`, {
    ...client,
    grant_type: 'authorization_code',
    code: centry.issueCode(),
    redirect_uri: centry.settings.redirectUri,
  });
  return text(answered, 'refresh_token');
};

/** What one renewal under a fault ends in: what the client saw, whether the token was spent, whether the use was counted. */
const under = async (fault: Fault): Promise<readonly [saw: number | string, spent: boolean, counted: number]> => {
  await using centry = await standInCentry();
  const refreshToken = await authorized(centry);
  centry.inject(fault);
  const saw = await refresh(centry, refreshToken).then(
    ({ status }) => status,
    () => 'broken',
  );
  return [saw, !centry.lives(refreshToken), centry.refreshTokenUses.get(refreshToken) ?? 0];
};

describe('an injected fault', () => {
  it('cuts the connection before or after the request is processed', async () => {
    expect(await under({ kind: 'drop', when: 'before' })).toEqual(['broken', false, 1]);
    expect(await under({ kind: 'drop', when: 'after' })).toEqual(['broken', true, 1]);
  });

  it('cuts the answer off in the middle of its body, after the request was processed', async () => {
    expect(await under({ kind: 'truncate' })).toEqual(['broken', true, 1]);
  });

  it('answers in the provider’s stead, before or after the request is processed', async () => {
    expect(await under({ kind: 'answer', status: 503 })).toEqual([503, false, 1]);
    expect(await under({ kind: 'answer', status: 503, processed: true })).toEqual([503, true, 1]);
    expect(await under({ kind: 'bad-gateway' })).toEqual([502, false, 1]);
    expect(await under({ kind: 'bad-gateway', processed: true })).toEqual([502, true, 1]);
    expect(await under({ kind: 'answer', status: 408 })).toEqual([408, false, 1]);
  });

  it('counts no use of a refresh token when its answer says that the request was turned away', async () => {
    expect(await under({ kind: 'rate-limit', retryAfter: 30 })).toEqual([429, false, 0]);
    expect(await under({ kind: 'answer', status: 302, headers: { location: '/' } })).toEqual([302, false, 0]);
    expect(await under({ kind: 'answer', status: 401, body: { error: 'invalid_client' } })).toEqual([401, false, 0]);
  });

  it('notes a success that the provider had no part in as not accepted', async () => {
    await using centry = await standInCentry();
    centry.inject({ kind: 'answer', status: 200, body: { access_token: 'forged' } });
    expect((await refresh(centry, 'any')).text).toBe('{"access_token":"forged"}');
    expect(centry.requests.map(({ status, accepted }) => [status, accepted])).toEqual([[200, false]]);
  });

  it('says when to come back, and sends bodies and headers as given', async () => {
    await using centry = await standInCentry();
    centry.inject({ kind: 'rate-limit', retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' });
    centry.inject({ kind: 'answer', status: 400, body: { error: 'invalid_scope' }, headers: { 'x-trace': '1' } });
    centry.inject({ kind: 'bad-gateway' });
    const limited = await refresh(centry, 'any');
    const answered = await refresh(centry, 'any');
    const gateway = await refresh(centry, 'any');
    expect(limited.headers.get('retry-after')).toBe('Wed, 21 Oct 2026 07:28:00 GMT');
    expect([answered.text, answered.headers.get('x-trace'), answered.headers.get('content-type')]).toEqual([
      '{"error":"invalid_scope"}',
      '1',
      'application/json; charset=utf-8',
    ]);
    expect([gateway.headers.get('content-type'), gateway.text]).toEqual([
      'text/html',
      '<html><head><title>502 Bad Gateway</title></head></html>',
    ]);
  });

  it('edits the answer to a request that was processed', async () => {
    await using centry = await standInCentry();
    const refreshToken = await authorized(centry);
    centry.inject({ kind: 'edit', edit: ({ access_token }) => ({ access_token, expires_in: '3600s' }) });
    const answered = await refresh(centry, refreshToken);
    expect([answered.status, Object.keys(fields(answered)), fields(answered)['expires_in']]).toEqual([
      200,
      ['access_token', 'expires_in'],
      '3600s',
    ]);
    expect(centry.lives(refreshToken)).toBe(false);
  });

  it('holds a request before it is processed until it is released', async () => {
    await using centry = await standInCentry();
    const refreshToken = await authorized(centry);
    const held = centry.inject({ kind: 'hang', when: 'before' });
    const sending = refresh(centry, refreshToken);
    await held.reached;
    expect([centry.lives(refreshToken), centry.refreshTokenUses.get(refreshToken)]).toEqual([true, 1]);
    held.release();
    expect((await sending).status).toBe(200);
  });

  it('holds an answer after the request was processed until it is released', async () => {
    await using centry = await standInCentry();
    const refreshToken = await authorized(centry);
    const held = centry.inject({ kind: 'hang', when: 'after' });
    let answered = false;
    const sending = refresh(centry, refreshToken).finally(() => (answered = true));
    await held.reached;
    expect([centry.lives(refreshToken), centry.requests.at(-1)?.status]).toEqual([false, 200]);
    for (let trip = 0; trip < 3; trip += 1) await ask(`${centry.url}/conexion/v1/orders.json`);
    expect(answered).toBe(false);
    held.release();
    expect((await sending).status).toBe(200);
  });

  it('still processes a request that was held before, when its sender has gone away', async () => {
    await using centry = await standInCentry();
    const refreshToken = await authorized(centry);
    const held = centry.inject({ kind: 'hang', when: 'before' });
    const controller = new AbortController();
    const sending = refresh(centry, refreshToken, controller.signal);
    await held.reached;
    controller.abort();
    await expect(sending).rejects.toThrow('This operation was aborted');
    held.release();
    await setImmediate();
    expect([centry.lives(refreshToken), centry.requests.at(-1)?.accepted]).toEqual([false, true]);
  });

  it('delays a request', async () => {
    expect(await under({ kind: 'delay', ms: 5 })).toEqual([200, true, 1]);
  });

  it('meets as many requests as it was told to, in the order of injection, and is noted in the log', async () => {
    await using centry = await standInCentry();
    const refreshToken = await authorized(centry);
    centry.inject({ kind: 'answer', status: 500 }, { times: 2 });
    centry.inject({ kind: 'rate-limit' });
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await refresh(centry, refreshToken)).status);
    expect(statuses).toEqual([500, 500, 429, 200]);
    expect(centry.requests.map(({ fault, status, accepted }) => [fault, status, accepted])).toEqual([
      [undefined, 200, true],
      ['answer', 500, false],
      ['answer', 500, false],
      ['rate-limit', 429, false],
      [undefined, 200, true],
    ]);
    expect(() => centry.inject({ kind: 'truncate' }, { times: 0 })).toThrow(TypeError);
  });

  it('can be meant for API calls', async () => {
    await using centry = await standInCentry();
    centry.inject({ kind: 'answer', status: 503 }, { on: 'api' });
    await authorized(centry);
    const call = (): Promise<Answered> => ask(`${centry.url}/conexion/v1/orders.json`);
    expect([(await call()).status, (await call()).status]).toEqual([503, 401]);
  });
});
