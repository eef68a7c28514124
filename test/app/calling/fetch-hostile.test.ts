import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { answers, apiScene, bearer } from './api-scene.js';
import { authorizedTray, centryKey, codeOf, trayKey } from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf, trayAnswer } from '../provider-answers.js';

const query = { credential: 'token', in: 'query', name: 'access_token' } as const;

describe('fetch', () => {
  it('does not send a POST again that was answered with 303, when what it leads to is refused', async () => {
    await using scene = await apiScene();
    scene.script(answers(303, '', { location: '/conexion/v1/orders/1' }), answers(401), answers(200));
    scene.http.answer(centryAnswer(2));
    await scene.llavero.fetch(centryKey, 'orders', { method: 'POST', body: 'charge' });
    expect(scene.api.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('lets the body of a 401 go when the renewal fails', async () => {
    await using scene = await apiScene();
    const closed: Promise<void>[] = [];
    scene.script((_request, response: ServerResponse) => {
      closed.push(new Promise((resolve) => response.once('close', () => resolve())));
      response.writeHead(401).write('x'.repeat(2_000_000));
    });
    scene.http.answer(oauthError('invalid_grant'));
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    await closed[0];
  });

  it('does not carry the token of an account that moved to where it was before', async () => {
    const sent: string[] = [];
    const moved = { api_host: 'https://other.example.com/web_api' };
    const scene = await authorizedTray({
      fetch: async (url) => {
        sent.push(url);
        if (sent.length > 1) return new Response('{}');
        scene.http.answer(trayAnswer(2, scene.clock.nowMs(), moved));
        await scene.another().exchange(trayKey, { code: 'anew', apiAddress: moved.api_host });
        return new Response('{}', { status: 401 });
      },
    });
    await scene.llavero.fetch(trayKey, 'products').catch(() => undefined);
    expect(sent.filter((url) => url.includes(secretsOf(2).access) && url.startsWith('https://shop.'))).toEqual([]);
  });

  it('carries no token to another origin, wherever in a Location the API echoes it', async () => {
    await using scene = await apiScene({ placement: () => query });
    const echo = (place: (path: string) => string): void =>
      scene.script(({ path }, response) => {
        response.writeHead(302, { location: `${scene.elsewhere.url}/${place(path)}` }).end();
      });
    for (const place of [
      (path: string) => `sign-in?return_to=${encodeURIComponent(path)}`,
      (path: string) => `sign-in?return_to=${encodeURIComponent(encodeURIComponent(path))}`,
      (path: string) => path.replace('access_token', 'ACCESS_TOKEN').slice(1),
      (path: string) => `at/${path.split('=')[1]}`,
    ]) {
      echo(place);
      await expect(scene.llavero.fetch(centryKey, 'orders')).rejects.toThrow('fetch failed: redirect_shows_credential');
      const response = await scene.llavero.fetch(centryKey, 'orders', { redirect: 'manual' });
      expect(decodeURIComponent(response.headers.get('location') ?? '')).not.toContain(secretsOf(1).access);
    }
    expect(scene.elsewhere.requests).toEqual([]);
  });

  it('gives a redirect that the caller follows himself an address without the token', async () => {
    await using scene = await apiScene({ placement: () => query });
    scene.script(({ path }, response) => {
      response.writeHead(302, { location: `${path}&page=2` }).end();
    });
    const response = await scene.llavero.fetch(centryKey, 'orders?limit=1', { redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`${scene.base}/orders?limit=1&page=2`);
  });

  it('does not renew again and again what the API refuses when it is new', async () => {
    await using scene = await apiScene();
    scene.script(answers(401));
    let issued = 1;
    scene.http.handle(() => centryAnswer((issued += 1)));
    for (let call = 0; call < 20; call += 1) expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(401);
    expect(issued).toBe(2);
    await scene.clock.advance(30_001);
    expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(401);
    expect(issued).toBe(3);
  });

  it('renews again half a minute later what the API took in between, for it may have expired since', async () => {
    await using scene = await apiScene();
    let issued = 1;
    scene.http.handle(() => centryAnswer((issued += 1)));
    scene.script(answers(401), answers(401), answers(200), answers(401), answers(200));
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) {
      statuses.push((await scene.llavero.fetch(centryKey, 'orders')).status);
      await scene.clock.advance(30_001);
    }
    expect(statuses).toEqual([401, 200, 200]);
    expect(issued).toBe(3);
  });

  it('lets one path that is refused for good take no renewal from the others, nor make one for each call', async () => {
    await using scene = await apiScene();
    let issued = 1;
    scene.http.handle(() => centryAnswer((issued += 1)));
    scene.script(({ path }, response) => void response.writeHead(path.endsWith('/forbidden') ? 401 : 200).end());
    for (let call = 0; call < 5; call += 1) {
      expect((await scene.llavero.fetch(centryKey, 'forbidden')).status).toBe(401);
      expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(200);
    }
    expect(issued).toBe(2);
  });

  it('does not wait for ever for the body of a 401', async () => {
    await using scene = await apiScene({ judgeRefusal: () => 'token_refused' });
    const arrived: (() => void)[] = [];
    const waiting = new Promise<void>((resolve) => arrived.push(resolve));
    scene.script((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).write('{');
      for (const tell of arrived) tell();
    });
    let status: number | undefined;
    const asking = scene.llavero.fetch(centryKey, 'orders').then((response) => {
      status = response.status;
    });
    await waiting;
    await vi.waitFor(async () => {
      await scene.clock.advance(5_000);
      expect(status).toBe(401);
    });
    await asking;
    expect(scene.http.requests).toHaveLength(1);
  });

  it('keeps what the caller wrote in the query as it was written', async () => {
    await using scene = await apiScene({ placement: () => query });
    await scene.llavero.fetch(centryKey, 'orders?name=caf%E9&q=a%20b&access_token=mine&r=c+d');
    expect(scene.api.requests[0]?.path).toBe(
      `/conexion/v1/orders?name=caf%E9&q=a%20b&r=c+d&access_token=${secretsOf(1).access}`,
    );
  });

  it('does not send what was aborted while a token was renewed, whatever fetch makes of signals', async () => {
    const asked: string[] = [];
    await using scene = await apiScene(
      {},
      {
        fetch: (url) => {
          asked.push(url);
          return Promise.resolve(new Response('{}'));
        },
      },
    );
    await scene.clock.advance(7_200_000);
    const held = scene.http.hold();
    const caller = new AbortController();
    const asking = scene.llavero.fetch(centryKey, 'orders', { signal: caller.signal }).catch(() => 'aborted');
    await held.arrived;
    caller.abort();
    held.release(centryAnswer(2));
    expect(await asking).toBe('aborted');
    await scene.settle();
    expect(asked).toEqual([]);
  });

  it('does not blame the token for a 401 of a path without one, to which it was led', async () => {
    const byPath = (path: string) => (path === '/open' ? ({ credential: 'none' } as const) : bearer);
    await using scene = await apiScene({ placement: byPath });
    scene.script(answers(307, '', { location: '/conexion/v1/open' }), answers(401));
    expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(401);
    expect(scene.http.requests).toHaveLength(1);
  });

  it('takes the caller’s own header of the credential’s name to no other origin', async () => {
    const own = { credential: 'token', in: 'header', name: 'x-amz-access-token' } as const;
    await using scene = await apiScene({ placement: () => own });
    scene.script(answers(307, '', { location: scene.elsewhere.url }));
    await scene.llavero.fetch(centryKey, 'orders', { headers: { 'x-amz-access-token': 'mine' } });
    expect(scene.elsewhere.requests[0]?.headers['x-amz-access-token']).toBeUndefined();
  });

  it.each(['base', 'placement', 'judgeRefusal'] as const)(
    'is a TypeError that quotes nothing when %s of a definition throws',
    async (name) => {
      const broken = () => {
        throw new Error('a secret in clear');
      };
      await using scene = await apiScene({ [name]: broken });
      scene.script(answers(401));
      const error: unknown = await scene.llavero.fetch(centryKey, 'orders').catch((thrown: unknown) => thrown);
      expect(String(error)).toBe(
        `TypeError: api.${name} of centry threw an exception: it has to answer for whatever it is asked`,
      );
    },
  );
});
