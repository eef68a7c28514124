import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

const expired = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  return scene;
};

/** What a server says that hands out the pair it gave before (Doorkeeper with `reuse_access_token`): a refresh token that is known. */
const repeated = centryAnswer(1, { access_token: 'canary-access-again' });

/** A renewal is under way while a person authorizes. */
const renewing = async () => {
  const scene = await expired();
  const held = scene.http.hold();
  const renewal = scene.llavero.token(centryKey, { patienceMs: minuteMs });
  renewal.catch(() => undefined);
  await held.arrived;
  return { ...scene, held, renewal };
};

describe('an authorization that brings the refresh token that a renewal is spending', () => {
  it('is replaced by what the renewal brings: it was no new grant', async () => {
    const { llavero, another, clock, http, held, renewal, eventsOf } = await renewing();
    http.answer(repeated);
    await another().exchange(centryKey, { code: 'c' });
    held.release(centryAnswer(2));
    expect(accessOf(await renewal)).toBe(secretsOf(2).access);
    expect(eventsOf('token_discarded')).toEqual([]);
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(3));
    await llavero.token(centryKey);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(2).refresh);
  });

  it('and comes after the renewal’s newer pair was committed leaves that pair in place', async () => {
    const { another, clock, http, held, renewal } = await renewing();
    const code = http.hold();
    const authorizing = another().exchange(centryKey, { code: 'c' });
    await code.arrived;
    held.release(centryAnswer(2));
    await renewal;
    code.release(repeated);
    expect(accessOf(await authorizing)).toBe(secretsOf(2).access);
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(3));
    await another().token(centryKey);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(2).refresh);
  });

  it('leaves the outcome of that renewal open: nothing is sent before it has settled', async () => {
    const { llavero, clock, http, held, renewal } = await renewing();
    http.answer(centryAnswer(1, { expires_in: 60 }));
    await llavero.exchange(centryKey, { code: 'c' });
    held.release({ _tag: 'Unknown', why: 'ECONNRESET' });
    await clock.advance(0);
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await renewal.catch(() => undefined);
    await clock.advance(minuteMs - secondMs);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(3);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(1).refresh);
  });
});

describe('an authorization that brings a refresh token of its own', () => {
  it('stays, and what the renewal brings afterwards is discarded', async () => {
    const { llavero, another, clock, http, held, renewal, eventsOf } = await renewing();
    http.answer(centryAnswer(9));
    await another().exchange(centryKey, { code: 'c' });
    held.release(centryAnswer(2));
    expect(accessOf(await renewal)).toBe(secretsOf(9).access);
    expect(eventsOf('token_discarded')).toHaveLength(1);
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(10));
    await llavero.token(centryKey);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(9).refresh);
  });

  it('is not ended by the verdict that a renewal of the old one hears afterwards', async () => {
    const { llavero, another, http, held, renewal } = await renewing();
    http.answer(centryAnswer(9));
    await another().exchange(centryKey, { code: 'c' });
    held.release(oauthError('invalid_grant'));
    expect(accessOf(await renewal)).toBe(secretsOf(9).access);
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });
});

describe('of two authorizations', () => {
  it('the one that began later stays, whichever is answered first and whatever the clocks say', async () => {
    const { llavero, another, clock, http, eventsOf } = await authorizedCentry();
    const slow = http.hold();
    const first = llavero.exchange(centryKey, { code: 'first' });
    await slow.arrived;
    clock.setWallClock(clock.nowMs() - centryLifeMs);
    http.answer(centryAnswer(3));
    await another().exchange(centryKey, { code: 'second' });
    slow.release(centryAnswer(2));
    expect(accessOf(await first)).toBe(secretsOf(3).access);
    expect(accessOf(await another().token(centryKey, { minValidMs: 0 }))).toBe(secretsOf(3).access);
    expect(eventsOf('token_discarded')).toHaveLength(1);
  });

  it('the later one replaces the earlier one', async () => {
    const { llavero, another, http } = await authorizedCentry();
    http.answer(centryAnswer(2)).answer(centryAnswer(3));
    await llavero.exchange(centryKey, { code: 'first' });
    expect(accessOf(await another().exchange(centryKey, { code: 'second' }))).toBe(secretsOf(3).access);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
  });
});
