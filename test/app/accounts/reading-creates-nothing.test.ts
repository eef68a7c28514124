import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../../src/adapters/providers/tray/tray.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { Token } from '../../../src/domain/token.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import { citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

const timeout: ScriptedReply = { _tag: 'Unknown', why: 'ETIMEDOUT' };

const typo = 'tray/typo';

/** The keys of all rows there are. */
const rowsOf = async ({ store }: Scene): Promise<readonly string[]> => {
  const page = await store.page({ limit: 1_000 })();
  return page._tag === 'Right' ? page.right.map(({ key }) => key) : ['the store failed'];
};

const readyScene = async (options: Parameters<typeof makeScene>[0] = {}): Promise<Scene> => {
  const scene = makeScene(options);
  await scene.llavero.ready();
  scene.store.resetCounts();
  return scene;
};

const someToken = async (): Promise<Token> => {
  const { llavero } = await authorizedCentry();
  return llavero.token(centryKey);
};

const asking: readonly (readonly [string, (llavero: Llavero, key: string, token: Token) => Promise<unknown>])[] = [
  ['token', (llavero, key) => llavero.token(key)],
  ['token with force', (llavero, key) => llavero.token(key, { force: true })],
  ['fetch', (llavero, key) => llavero.fetch(key, 'orders')],
  ['peek', async (llavero, key) => llavero.peek(key)],
  ['invalidate', (llavero, key, token) => llavero.invalidate(key, token)],
  ['status', (llavero, key) => llavero.status(key)],
  ['revoke', (llavero, key) => llavero.revoke(key)],
  ['remove', (llavero, key) => llavero.remove(key)],
  ['sweep', (llavero) => llavero.sweep({ keepWarm: true })],
];

describe('a key that nobody registered', () => {
  it.each(asking)('is not created by %s', async (_method, ask) => {
    const scene = await readyScene();
    for (const key of [typo, centryKey]) await ask(scene.llavero, key, await someToken()).catch(() => undefined);
    expect(await rowsOf(scene)).toEqual([]);
    expect(scene.store.writes()).toBe(0);
    expect(scene.http.requests).toEqual([]);
  });

  it('that needs a person is ERR_REAUTHORIZATION_REQUIRED to whoever wants its token', async () => {
    const { llavero } = makeScene();
    for (const key of [typo, centryKey]) {
      for (const ask of [() => llavero.token(key), () => llavero.fetch(key, 'orders')]) {
        const error = await failureOf(ask());
        expect(error).toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED', retryable: false, key });
        expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key, cause: 'never_authorized' });
      }
    }
  });

  it('is ERR_UNKNOWN_KEY to whoever asks where it stands, and no list has it', async () => {
    const { llavero } = makeScene();
    await llavero.token(trayKey).catch(() => undefined);
    for (const ask of [() => llavero.status(trayKey), () => llavero.revoke(trayKey)]) {
      expect((await failureOf(ask())).reason).toMatchObject({ _tag: 'UnknownKey', why: 'not_registered' });
    }
    for await (const status of llavero.list()) expect(status).toBeUndefined();
  });

  it('is ERR_UNKNOWN_KEY where the preset leaves something out', async () => {
    const scene = await readyScene({ providers: [centry(), tray(), citrusAd()] });
    for (const key of [typo, centryKey, citrusKey])
      expect(await codeOf(scene.llavero.token(key))).toBe('ERR_UNKNOWN_KEY');
    expect(await rowsOf(scene)).toEqual([]);
  });

  it('stays unknown after it was removed, whatever is asked of it', async () => {
    const scene = await authorizedCentry();
    await scene.llavero.remove(centryKey);
    for (const process of [scene.llavero, scene.another()]) {
      expect(await codeOf(process.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      expect(await codeOf(process.fetch(centryKey, 'orders'))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    }
    expect(await rowsOf(scene)).toEqual([]);
  });

  it.each<readonly [string, (llavero: Llavero) => Promise<unknown>]>([
    ['register', (llavero) => llavero.register({ provider: 'centry', account: 'acme' })],
    ['authorize', (llavero) => llavero.authorize(centryKey)],
    ['exchange', (llavero) => llavero.exchange(centryKey, { code: 'c' }).catch(() => undefined)],
  ])('is created by %s', async (_method, create) => {
    const scene = await readyScene();
    scene.http.answer(oauthError('invalid_grant'));
    await create(scene.llavero);
    expect(await rowsOf(scene)).toEqual([centryKey]);
    expect((await scene.llavero.status(centryKey)).state).toBe('unauthorized');
  });
});

describe('a client-credentials key that nobody registered', () => {
  it('is created by its first committed token', async () => {
    const scene = await readyScene();
    const held = scene.http.hold();
    const asking = scene.llavero.token(citrusKey);
    await held.arrived;
    expect(await rowsOf(scene)).toEqual([]);
    held.release(citrusAnswer(1));
    const token = await asking;
    expect([token.generation, accessOf(token)]).toEqual([1, secretsOf(1).access]);
    expect(await rowsOf(scene)).toEqual([citrusKey]);
    expect(await scene.llavero.status(citrusKey)).toMatchObject({ state: 'ready', generation: 1 });
    expect(accessOf(await scene.another().token(citrusKey))).toBe(secretsOf(1).access);
    expect(scene.http.requests).toHaveLength(1);
  });

  it('is renewed like any other from then on: one request for all processes', async () => {
    const scene = await readyScene();
    scene.http.answer(citrusAnswer(1));
    await scene.llavero.token(citrusKey);
    await scene.clock.advance(secondMs);
    const held = scene.http.hold();
    const [one, other] = [scene.llavero, scene.another()].map((process) => process.token(citrusKey, { force: true }));
    await held.arrived;
    await scene.clock.advance(secondMs);
    held.release(citrusAnswer(2));
    await scene.clock.advance(secondMs);
    expect([(await one)?.generation, (await other)?.generation]).toEqual([2, 2]);
    expect(scene.http.requests).toHaveLength(2);
  });

  it.each<readonly [string, ScriptedReply, string]>([
    ['the client is refused', oauthError('invalid_client', 401), 'ERR_CLIENT_REJECTED'],
    ['the provider is down', { status: 503 }, 'ERR_PROVIDER_UNAVAILABLE'],
    ['the answer cannot be read', { status: 200, json: {} }, 'ERR_RESPONSE_MALFORMED'],
    ['nothing comes back', timeout, 'ERR_PROVIDER_UNAVAILABLE'],
  ])('is not created when %s', async (_case, reply, code) => {
    const scene = await readyScene();
    scene.http.handle(() => reply);
    expect(await codeOf(scene.llavero.token(citrusKey))).toBe(code);
    expect(await rowsOf(scene)).toEqual([]);
    // What all accounts of the client have to know is no account.
    expect(scene.store.asked('update')).toBe(0);
    expect(await codeOf(scene.llavero.status(citrusKey))).toBe('ERR_UNKNOWN_KEY');
  });

  it('rests after a failure all the same, in the process that saw it', async () => {
    const { llavero, clock, http } = await readyScene();
    http.answer({ status: 500 });
    await llavero.token(citrusKey).catch(() => undefined);
    const error = await failureOf(llavero.token(citrusKey));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: secondMs });
    expect(http.requests).toHaveLength(1);
    await clock.advance(secondMs);
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });

  it('whose client is refused is not asked for again and again', async () => {
    const { llavero, clock, http } = await readyScene();
    http.answer(oauthError('invalid_client', 401));
    for (let time = 0; time < 5; time += 1) {
      expect(await codeOf(llavero.token(citrusKey))).toBe('ERR_CLIENT_REJECTED');
      await clock.advance(minuteMs);
    }
    expect(http.requests).toHaveLength(1);
  });

  it('that two processes ask for at once has one token for both in the end', async () => {
    const { llavero, another, http } = await readyScene();
    const [held, late] = [http.hold(), http.hold()];
    const first = llavero.token(citrusKey);
    await held.arrived;
    const second = another().token(citrusKey);
    await late.arrived;
    held.release(citrusAnswer(1));
    expect(accessOf(await first)).toBe(secretsOf(1).access);
    late.release(citrusAnswer(2));
    expect(accessOf(await second)).toBe(secretsOf(1).access);
    expect((await llavero.status(citrusKey)).generation).toBe(1);
  });

  it('that is registered while its first token is on its way gets one for what was registered', async () => {
    const scene = await readyScene();
    const held = scene.http.hold();
    const first = scene.llavero.token(citrusKey);
    await held.arrived;
    await scene.another().register({ provider: 'citrusad', clientSecret: 'another' });
    scene.http.answer(citrusAnswer(2));
    held.release(citrusAnswer(1));
    expect(accessOf(await first)).toBe(secretsOf(2).access);
    expect(await rowsOf(scene)).toEqual([citrusKey]);
  });

  it('that is removed while its first token is on its way stays removed', async () => {
    const scene = await readyScene();
    const held = scene.http.hold();
    const first = codeOf(scene.llavero.token(citrusKey));
    await held.arrived;
    await scene.llavero.remove(citrusKey);
    held.release(citrusAnswer(1));
    expect(await first).toBe('ERR_UNKNOWN_KEY');
    expect(await rowsOf(scene)).toEqual([]);
    expect(scene.eventsOf('token_discarded')).toHaveLength(1);
  });

  it('is created once when the answer to its first commit is lost', async () => {
    const { llavero, http, store, clock } = await readyScene();
    http.answer(citrusAnswer(1));
    store.loseNextAnswer('update');
    const first = llavero.token(citrusKey);
    await clock.advance(secondMs);
    expect((await first).generation).toBe(1);
    expect((await llavero.status(citrusKey)).generation).toBe(1);
  });
});
