import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import type { ScriptedAnswer } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  codeIfFailed,
  codeOf,
  during,
  failureOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, oauthError } from '../provider-answers.js';

const expired = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  return scene;
};

describe('a client that is refused', () => {
  it.each(['invalid_client', 'unauthorized_client'])('by %s stops everything and keeps the grant', async (name) => {
    const { llavero, another, clock, http } = await expired();
    http.answer(oauthError(name, 401));
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_CLIENT_REJECTED', retryable: false });
    expect(error.reason).toMatchObject({ _tag: 'ClientRejected', key: centryKey, error: name });
    await clock.advance(hourMs - 1);
    expect((await failureOf(another().token(centryKey))).reason).toEqual(error.reason);
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'client_rejected', generation: 1 });
    expect(http.requests).toHaveLength(2);
  });

  it('is not the client of a preset with another secret, in whichever process', async () => {
    const { llavero, another, http } = await expired();
    http.answer(oauthError('invalid_client', 401));
    await codeOf(llavero.token(centryKey));
    const corrected = another({
      providers: [centry({ clientId: 'centry-client', clientSecret: `${canary}-corrected` })],
    });
    expect((await corrected.status(centryKey)).state).toBe('ready');
    expect((await another({ providers: [centryPreset()] }).status(centryKey)).state).toBe('client_rejected');
    http.answer(centryAnswer(2));
    expect((await corrected.token(centryKey)).generation).toBe(2);
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });
});

describe('a client that is refused for hours and then taken again', () => {
  const keys = ['centry/one', 'centry/two', 'centry/three'];

  /** Three accounts of one client, which Centry refuses until it is told otherwise. */
  const suspended = async () => {
    const scene = makeScene();
    const { llavero, clock, http } = scene;
    const asked: (string | undefined)[] = [];
    let isRefused = false;
    let tokens = 0;
    http.handle(() => {
      asked.push(sent(http, -1, 'refresh_token'));
      return isRefused ? oauthError('invalid_client', 401) : centryAnswer((tokens += 1));
    });
    for (const key of keys) await llavero.exchange(key, { code: 'c' });
    await clock.advance(centryLifeMs);
    isRefused = true;
    for (const key of keys) expect(await codeOf(llavero.token(key))).toBe('ERR_CLIENT_REJECTED');
    asked.length = 0;
    return {
      ...scene,
      asked,
      takeAgain: () => {
        isRefused = false;
      },
    };
  };

  const callAll = async ({ token }: Pick<Scene['llavero'], 'token'>): Promise<readonly (string | undefined)[]> =>
    Promise.all(keys.map((key) => codeIfFailed(token(key))));

  it('is asked about by one account an hour, in whichever process', async () => {
    const { llavero, another, clock, asked } = await suspended();
    for (let minute = 0; minute < 5 * 60; minute += 1) {
      await callAll(minute % 2 === 0 ? llavero : another());
      await clock.advance(minuteMs);
    }
    expect(asked).toHaveLength(4);
  });

  it('serves all accounts again with one success', async () => {
    const { llavero, clock, asked, takeAgain } = await suspended();
    await clock.advance(2 * hourMs);
    expect((await callAll(llavero)).filter((code) => code === 'ERR_CLIENT_REJECTED')).toHaveLength(3);
    takeAgain();
    await clock.advance(hourMs - 1);
    expect(await callAll(llavero)).toEqual(keys.map(() => 'ERR_CLIENT_REJECTED'));
    await clock.advance(1);
    expect(await callAll(llavero)).toContain(undefined);
    for (const key of keys) expect((await llavero.status(key)).state).toBe('ready');
    for await (const { state } of llavero.list()) expect(state).toBe('ready');
    expect(await callAll(llavero)).toEqual(keys.map(() => undefined));
    expect(asked).toHaveLength(1 + 3);
  });

  it.each<readonly [string, ScriptedAnswer]>([
    ['an answer that says nothing of the client', { status: 400 }],
    ['a verdict on its own grant', oauthError('invalid_grant')],
  ])('serves the others right after the first who asks got %s', async (_case, reply) => {
    const { llavero, clock, http, takeAgain } = await suspended();
    takeAgain();
    await clock.advance(hourMs);
    http.answer(reply);
    const codes = await callAll(llavero);
    expect(codes.filter((code) => code === undefined)).toHaveLength(0);
    await callAll(llavero);
    expect((await callAll(llavero)).filter((code) => code === undefined)).toHaveLength(2);
  });

  it('is asked about by sweeps as well, so that nobody has to call', async () => {
    const { llavero, clock, asked, takeAgain } = await suspended();
    await clock.advance(hourMs);
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ renewed: 0 });
    expect(asked).toHaveLength(1);
    takeAgain();
    await clock.advance(hourMs);
    await llavero.sweep({ keepWarm: true });
    await llavero.sweep({ keepWarm: true });
    for (const key of keys) expect((await llavero.status(key)).generation).toBe(2);
  });

  it('serves an account that died while it asked for all, though no other account asks', async () => {
    const scene = await expired();
    const { llavero, another, clock, http } = scene;
    http.answer(oauthError('invalid_client', 401));
    await codeOf(llavero.token(centryKey));
    await clock.advance(hourMs);
    const held = http.hold();
    void codeOf(another().token(centryKey, { patienceMs: 0 }));
    await held.arrived;
    await clock.advance(2 * hourMs);
    http.answer(centryAnswer(2));
    expect((await during(scene, 11 * secondMs, llavero.token(centryKey))).generation).toBe(2);
  });
});
