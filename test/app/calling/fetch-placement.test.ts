import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { answers, apiScene, bearer } from './api-scene.js';
import { centryKey, codeOf } from '../llavero-fixture.js';
import { secretsOf } from '../provider-answers.js';

const query = { credential: 'token', in: 'query', name: 'access_token' } as const;

describe('a token in the query', () => {
  it('goes along with every verb, once, and never into a header', async () => {
    await using scene = await apiScene({ placement: () => query });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      await scene.llavero.fetch(centryKey, 'orders?limit=1&access_token=mine&access_token=other', { method });
    }
    for (const { path, headers } of scene.api.requests) {
      expect(path).toBe(`/conexion/v1/orders?limit=1&access_token=${secretsOf(1).access}`);
      expect(headers['authorization']).toBeUndefined();
    }
    expect(scene.api.requests).toHaveLength(5);
  });

  it('is not in the address of the answer, nor of its clone, nor anywhere it prints itself', async () => {
    await using scene = await apiScene({ placement: () => query });
    const response = await scene.llavero.fetch(centryKey, 'orders?limit=1#part');
    const clone = response.clone();
    expect([response.url, clone.url, clone.clone().url]).toEqual(Array(3).fill(`${scene.base}/orders?limit=1`));
    for (const shown of [response, clone]) {
      expect(inspect(shown, { showHidden: true, depth: 3 })).not.toContain(secretsOf(1).access);
    }
    expect([await response.json(), await clone.json()]).toEqual([{ ok: true }, { ok: true }]);
  });

  it('that the API echoes in a redirect is in no address that the answer tells, and does not leave with it', async () => {
    await using scene = await apiScene({ placement: () => query });
    const echoing = (to: string) => (request: { readonly path: string }, response: ServerResponse) =>
      void response.writeHead(301, { location: `${to}/there${new URL(request.path, to).search}` }).end();
    scene.script(echoing(scene.base), answers(200));
    const response = await scene.llavero.fetch(centryKey, 'orders?limit=1');
    expect(response.url).toBe(`${scene.base}/there?limit=1`);
    scene.script(echoing(scene.elsewhere.url));
    await scene.llavero.fetch(centryKey, 'orders?limit=1');
    expect(scene.elsewhere.requests.map(({ path }) => path)).toEqual(['/there?limit=1']);
  });

  it('does not leave with a redirect to another origin', async () => {
    await using scene = await apiScene({ placement: () => query });
    scene.script(answers(302, '', { location: `${scene.elsewhere.url}/away` }));
    await scene.llavero.fetch(centryKey, 'orders');
    expect(scene.elsewhere.requests.map(({ path }) => path)).toEqual(['/away']);
  });
});

describe('a credential by path', () => {
  const byPath = (path: string) => {
    if (path.startsWith('/ads/')) return bearer;
    if (path.startsWith('/resource/')) return { credential: 'none' } as const;
    return { credential: 'api_key', in: 'header', name: 'Authorization', scheme: 'Basic' } as const;
  };

  it('is the token where the path wants it, and none where it wants none', async () => {
    await using scene = await apiScene({ placement: byPath });
    for (const path of ['ads/generate', '/resource/first-i/1', '/conexion/v1/ads/generate']) {
      await scene.llavero.fetch(centryKey, path);
    }
    expect(scene.api.requests.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${secretsOf(1).access}`,
      undefined,
      `Bearer ${secretsOf(1).access}`,
    ]);
  });

  it('keeps the caller’s own where it wants none', async () => {
    await using scene = await apiScene({ placement: byPath });
    await scene.llavero.fetch(centryKey, '/resource/first-i/1', { headers: { authorization: 'mine' } });
    expect(scene.api.requests[0]?.headers['authorization']).toBe('mine');
  });

  it('that is a missing API key is a TypeError that names it, and nothing is sent', async () => {
    await using scene = await apiScene({ placement: byPath });
    const failing = scene.llavero.fetch(centryKey, '/orders');
    await expect(failing).rejects.toBeInstanceOf(TypeError);
    await expect(failing).rejects.toThrow('centry/acme has no apiKey, which /orders wants');
    expect(scene.api.requests).toEqual([]);
  });

  it('follows a redirect within the API by the path it leads to', async () => {
    await using scene = await apiScene({ placement: byPath });
    scene.script(answers(307, '', { location: '/conexion/v1/resource/first-i/1' }), answers(200));
    await scene.llavero.fetch(centryKey, '/ads/generate');
    expect(scene.api.requests.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${secretsOf(1).access}`,
      undefined,
    ]);
  });

  it('in a header without a scheme is the token alone', async () => {
    await using scene = await apiScene({
      placement: () => ({ credential: 'token', in: 'header', name: 'x-amz-access-token' }),
    });
    await scene.llavero.fetch(centryKey, '/orders');
    expect(scene.api.requests[0]?.headers['x-amz-access-token']).toBe(secretsOf(1).access);
  });
});

describe('the base of an API', () => {
  it('that no token has told is ERR_RESPONSE_MALFORMED, and nothing is sent', async () => {
    await using scene = await apiScene({
      base: (_credential, attributes) => attributes['apiHost'],
      placement: () => query,
    });
    expect(await codeOf(scene.llavero.fetch(centryKey, '/orders'))).toBe('ERR_RESPONSE_MALFORMED');
    expect(scene.api.requests).toEqual([]);
  });
});
