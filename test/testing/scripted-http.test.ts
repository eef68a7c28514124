import { inspect } from 'node:util';
import { isRight, left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/ports/http-client.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';

const request: HttpRequest = {
  method: 'POST',
  url: 'https://provider.test/oauth/token?tenant=7',
  query: [['access_token', 'canary-query']],
  form: [
    ['client_secret', 'canary-form'],
    ['refresh_token', 'canary-refresh'],
  ],
  headers: { authorization: 'Basic canary-header' },
  timeoutMs: 10_000,
};

describe('a scripted HTTP client', () => {
  it('answers from its queue in order', async () => {
    const http = scriptedHttp([{ json: { access_token: 'a' } }], { nowMs: () => 1_234 })
      .answer({ status: 429, headers: { 'Retry-After': '3' } })
      .fail('Unknown', 'timeout');
    expect(await http.send(request)()).toEqual(
      right({ status: 200, headers: {}, json: { access_token: 'a' }, sentAtMs: 1_234 }),
    );
    expect(await http.send(request)()).toEqual(
      right({ status: 429, headers: { 'retry-after': '3' }, json: undefined, sentAtMs: 1_234 }),
    );
    expect(await http.send(request)()).toEqual(left({ _tag: 'Unknown', why: 'timeout' }));
    http.assertDone();
  });

  it('gives the body as text: that of the JSON unless another was scripted', async () => {
    const http = scriptedHttp([{ json: { a: 1 } }, { status: 503, text: '<html>' }, {}]);
    const texts = [await http.send(request)(), await http.send(request)(), await http.send(request)()].map((answer) =>
      isRight(answer) ? answer.right.text : undefined,
    );
    expect(texts).toEqual(['{"a":1}', '<html>', '']);
  });

  it('asks its handler once the queue is empty', async () => {
    const http = scriptedHttp([{ status: 201 }]).handle(({ url }) => ({ json: { url } }));
    expect(await http.send(request)()).toMatchObject(right({ status: 201 }));
    expect(await http.send(request)()).toMatchObject(right({ json: { url: request.url } }));
    expect(await http.send(request)()).toMatchObject(right({ json: { url: request.url } }));
    http.assertDone();
  });

  it('can be a handler and nothing else', async () => {
    const http = scriptedHttp(() => ({ _tag: 'Unsent', why: 'refused' }));
    expect(await http.send(request)()).toEqual(left({ _tag: 'Unsent', why: 'refused' }));
  });

  it('is lazy: a request counts when its task runs', async () => {
    const http = scriptedHttp([{}]);
    const task = http.send(request);
    expect(http.requests).toEqual([]);
    await task();
    expect(http.requests).toEqual([request]);
  });

  it('holds a reply until it is released', async () => {
    const http = scriptedHttp();
    const held = http.hold();
    let answered = false;
    const sending = http
      .send(request)()
      .finally(() => (answered = true));
    expect(await held.arrived).toEqual(request);
    expect(answered).toBe(false);
    held.release({ status: 503 });
    expect(await sending).toMatchObject(right({ status: 503 }));
  });

  it('fails a request that nobody scripted, and names it without its query at the end', async () => {
    const http = scriptedHttp();
    expect(await http.send(request)()).toEqual(left({ _tag: 'Unsent', why: 'unscripted_request' }));
    expect(() => http.assertDone()).toThrow(
      new Error('scriptedHttp: POST https://provider.test/oauth/token was not scripted'),
    );
  });

  it('says what was scripted and never asked for', () => {
    const http = scriptedHttp([{}, {}]);
    expect(() => http.assertDone()).toThrow(new Error('scriptedHttp: 2 scripted replies were not asked for'));
  });

  it('turns what a handler throws into an unknown outcome and tells it at the end', async () => {
    const http = scriptedHttp(() => {
      throw new Error('no such case');
    });
    expect(await http.send(request)()).toEqual(left({ _tag: 'Unknown', why: 'handler_failed' }));
    expect(() => http.assertDone()).toThrow(
      new Error('scriptedHttp: the handler for POST https://provider.test/oauth/token threw Error: no such case'),
    );
  });

  it('shows no secret when it or its requests are printed, and every one when they are read', async () => {
    const http = scriptedHttp([{}]);
    await http.send(request)();
    const printed = [inspect(http, { depth: 9 }), inspect(http.requests, { showHidden: true }), JSON.stringify(http)];
    for (const text of printed) expect(text).not.toContain('canary');
    expect(JSON.stringify(http.requests)).toBe(
      '["POST https://provider.test/oauth/token (access_token, client_secret, refresh_token, authorization)"]',
    );
    expect(http.requests[0]?.form).toEqual(request.form);
  });
});
