import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
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

describe('a late answer', () => {
  /** A slow owner, and the recovery that another process sends 100 s later; both are under way. */
  const overtaken = async () => {
    const scene = await expired();
    const { llavero, another, clock, http } = scene;
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    const recovery = http.hold();
    const second = another().token(centryKey);
    second.catch(() => undefined);
    await clock.advance(10 * secondMs);
    await recovery.arrived;
    return { ...scene, slow, first, recovery, second };
  };

  it('of a slow owner is committed while its generation is current, whoever holds the attempt by then', async () => {
    const { another, clock, http, eventsOf, slow, first, recovery, second } = await overtaken();
    slow.release(centryAnswer(2));
    await clock.advance(0);
    // A provider that sees a spent refresh token again may end the answer with it (DESIGN, steps 6 and 8): the pair proves itself.
    recovery.release(oauthError('invalid_grant'));
    http.answer(centryAnswer(3));
    await clock.advance(secondMs);
    expect(accessOf(await second)).toBe(secretsOf(3).access);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(2).refresh);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
    expect(await first).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(http.requests).toHaveLength(4);
    expect([sent(http, 1, 'refresh_token'), sent(http, 2, 'refresh_token')]).toEqual([
      secretsOf(1).refresh,
      secretsOf(1).refresh,
    ]);
  });

  it('to the later of two requests replaces the one to the earlier: it may have ended that one', async () => {
    const { another, clock, eventsOf, slow, first, recovery, second } = await overtaken();
    slow.release(centryAnswer(2));
    await clock.advance(0);
    recovery.release(centryAnswer(3));
    expect(accessOf(await second)).toBe(secretsOf(3).access);
    expect(await first).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(eventsOf('token_discarded')).toEqual([]);
  });

  it('that is superseded is discarded: the newer token is used', async () => {
    const { llavero, clock, eventsOf, slow, first, recovery, second } = await overtaken();
    recovery.release(centryAnswer(7));
    expect(accessOf(await second)).toBe(secretsOf(7).access);
    slow.release(centryAnswer(2));
    await clock.advance(0);
    expect(await first).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(7).access);
    expect(eventsOf('token_discarded')).toMatchObject([{ key: centryKey, generation: 1 }]);
  });

  it('that says no is not believed once somebody knows better', async () => {
    const { llavero, clock, slow, recovery, second } = await overtaken();
    recovery.release(centryAnswer(7));
    await second;
    slow.release(oauthError('invalid_grant'));
    await clock.advance(0);
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(7).access);
  });

  it('that says no while the recovery of another is under way says nothing about the recovery', async () => {
    const { llavero, clock, slow, first, recovery, second } = await overtaken();
    slow.release(oauthError('invalid_grant'));
    await clock.advance(0);
    expect((await llavero.status(centryKey)).state).toBe('renewing');
    recovery.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect((await second).generation).toBe(2);
    expect(await first).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('to the earlier request, after the later one was refused, is kept and has to prove itself', async () => {
    const { llavero, another, clock, http, slow, recovery, second } = await overtaken();
    recovery.release(oauthError('invalid_grant'));
    expect(await codeOf(second)).toBe('ERR_REAUTHORIZATION_REQUIRED');
    slow.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'failing', generation: 2 });
    http.answer(centryAnswer(3));
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(2).refresh);
  });
});
