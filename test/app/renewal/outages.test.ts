import { describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeIfFailed,
  codeOf,
  hourMs,
  minuteMs,
  secondMs,
  sent,
  type ProcessOptions,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

/** Centry, which takes each refresh token once, unless it is down; then it does nothing but answer. */
interface Outage extends Scene {
  /** How many requests came since it went down. */
  readonly asked: () => number;
  readonly goDown: (reply: ScriptedReply) => void;
  readonly comeBack: () => void;
}

const outage = async (options: ProcessOptions = {}): Promise<Outage> => {
  const scene = await authorizedCentry(options);
  let alive = 1;
  let asked = 0;
  let down: ScriptedReply | undefined;
  scene.http.handle(() => {
    asked += 1;
    if (down !== undefined) return down;
    if (sent(scene.http, -1, 'refresh_token') !== secretsOf(alive).refresh) return oauthError('invalid_grant');
    return centryAnswer((alive += 1));
  });
  return {
    ...scene,
    asked: () => asked,
    goDown: (reply) => {
      down = reply;
      asked = 0;
    },
    comeBack: () => {
      down = undefined;
    },
  };
};

/** A backend that goes on working: it asks every five seconds. Gives the codes it got. */
const workOn = async ({ llavero, clock }: Scene, forMs: number): Promise<ReadonlySet<string>> => {
  const codes = new Set<string>();
  for (let ms = 0; ms < forMs; ms += 5 * secondMs) {
    const code = await codeIfFailed(llavero.token(centryKey));
    if (code !== undefined) codes.add(code);
    await clock.advance(5 * secondMs);
  }
  return codes;
};

const mayBeProcessed: readonly (readonly [string, ScriptedReply])[] = [
  ['answers 500', { status: 500 }],
  ['answers 502', { status: 502 }],
  ['shows a maintenance page with status 200', { status: 200 }],
  ['resets every connection', { _tag: 'Unknown', why: 'ECONNRESET' }],
  ['never answers', { _tag: 'Unknown', why: 'ETIMEDOUT' }],
];

const notProcessed: readonly (readonly [string, ScriptedReply])[] = [
  ['refuses every connection', { _tag: 'Unsent', why: 'ECONNREFUSED' }],
  ['answers 404', { status: 404 }],
  ['redirects', { status: 302, headers: { Location: 'https://maintenance.example/' } }],
];

describe('a token endpoint that', () => {
  it.each([...mayBeProcessed, ...notProcessed])('%s for ten minutes costs no connection', async (_how, reply) => {
    const scene = await outage();
    await scene.clock.advance(centryLifeMs);
    scene.goDown(reply);
    expect(await workOn(scene, 10 * minuteMs)).not.toContain('ERR_REAUTHORIZATION_REQUIRED');
    scene.comeBack();
    await scene.clock.advance(minuteMs);
    expect((await scene.llavero.token(centryKey)).generation).toBe(2);
  });

  it.each(mayBeProcessed)('%s for three hours is asked once a settle window', async (_how, reply) => {
    const scene = await outage();
    await scene.clock.advance(centryLifeMs);
    scene.goDown(reply);
    expect(await workOn(scene, 3 * hourMs)).toEqual(new Set(['ERR_OUTCOME_UNKNOWN']));
    expect(scene.asked()).toBe(180);
    expect(await scene.llavero.status(centryKey)).toMatchObject({
      state: 'outcome_unknown',
      lastFailure: { count: 180 },
    });
    scene.comeBack();
    await scene.clock.advance(minuteMs);
    expect((await scene.llavero.token(centryKey)).generation).toBe(2);
  });

  it.each(notProcessed)('%s for three hours is asked once a minute at most', async (_how, reply) => {
    const scene = await outage();
    await scene.clock.advance(centryLifeMs);
    scene.goDown(reply);
    await workOn(scene, 3 * hourMs);
    expect(scene.asked()).toBeLessThanOrEqual(180 + 6);
    expect((await scene.llavero.status(centryKey)).state).toBe('failing');
    scene.comeBack();
    await scene.clock.advance(minuteMs);
    expect((await scene.llavero.token(centryKey)).generation).toBe(2);
  });

  it('answers 504 for three minutes while the token is valid fails no call, and costs nothing', async () => {
    const scene = await outage();
    const { clock, llavero, eventsOf } = scene;
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    scene.goDown({ status: 504 });
    expect(await workOn(scene, 3 * minuteMs)).toEqual(new Set());
    scene.comeBack();
    expect(await workOn(scene, 2 * minuteMs)).toEqual(new Set());
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(eventsOf('renewal_failed').map(({ code }) => code)).toEqual(
      Array.from({ length: 3 }, () => 'ERR_OUTCOME_UNKNOWN'),
    );
  });

  it('is down for a day costs no connection of an account that sweeps alone keep', async () => {
    const scene = await outage();
    const { clock, llavero } = scene;
    await clock.advance(centryLifeMs);
    scene.goDown({ status: 502 });
    llavero.start({ keepWarm: true });
    await clock.advance(24 * hourMs);
    expect(scene.asked()).toBeGreaterThan(700);
    scene.comeBack();
    await clock.advance(3 * minuteMs);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    await llavero.close();
  });

  it('is down across restarts costs no connection either', async () => {
    const scene = await outage();
    const { another, clock } = scene;
    await clock.advance(centryLifeMs);
    scene.goDown({ status: 502 });
    for (let minute = 0; minute < 20; minute += 1) {
      await codeOf(another().token(centryKey));
      await clock.advance(minuteMs);
    }
    expect(scene.asked()).toBe(20);
    scene.comeBack();
    expect((await another().token(centryKey)).generation).toBe(2);
  });
});

describe('an answer that is slow', () => {
  it.each([12, 24])('and comes after %i s is committed, though callers were let go by then', async (seconds) => {
    const scene = await authorizedCentry();
    const { llavero, another, clock, http } = scene;
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const waiting = codeIfFailed(llavero.token(centryKey));
    await held.arrived;
    await clock.advance(seconds * secondMs);
    held.release(centryAnswer(2));
    await clock.advance(0);
    expect(await waiting).toBe(seconds === 12 ? undefined : 'ERR_PROVIDER_UNAVAILABLE');
    expect((await another().status(centryKey)).generation).toBe(2);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('is waited for by its own deadline, 25 s, which is no caller’s', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey, { patienceMs: 1 });
    expect(http.requests.at(1)?.timeoutMs).toBe(25 * secondMs);
  });
});
