import { ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import { ports } from '../../src/app/container/identifiers.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { scriptedHttp } from '../../src/testing/scripted-http.js';
import { leakedPiece } from '../domain/leaked-piece.js';
import {
  authorizedTray,
  centryKey,
  centryLifeMs,
  citrusKey,
  citrusPreset,
  codeOf,
  encryption,
  hourMs,
  makeScene,
  minuteMs,
  trayKey,
  type Scene,
} from './llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, oauthError, secretsOf, trayAnswer } from './provider-answers.js';

/** A life of one account in which most things happen that there are events for. */
const eventful = async (): Promise<Scene> => {
  const scene = makeScene();
  const { llavero, clock, http, store, settle } = scene;
  await llavero.register({ provider: 'centry', account: 'acme' });
  const { state } = await llavero.authorize(centryKey);
  http.answer(centryAnswer(1, { scope: 'less' }));
  await llavero.callback(`?code=${canary}-code&state=${state}`);
  await clock.advance(centryLifeMs - 20_000);
  http.answer(oauthError('invalid_request'));
  await llavero.token(centryKey);
  await clock.advance(minuteMs);
  http.handle(() => {
    store.failNext('update');
    return centryAnswer(2, { expires_in: 'soon' });
  });
  const renewing = llavero.token(centryKey);
  await clock.advance(1_000);
  await llavero.invalidate(centryKey, await renewing);
  await clock.advance(1_000);
  const held = http.hold();
  const discarded = codeOf(llavero.token(centryKey));
  await held.arrived;
  await llavero.revoke(centryKey);
  held.release(centryAnswer(3));
  await discarded;
  await llavero.remove(centryKey);
  await settle();
  return scene;
};

describe('the events', () => {
  it('tell what happened, in order', async () => {
    const { events } = await eventful();
    expect(events.map(({ type }) => type)).toEqual([
      'registered',
      'authorization_started',
      'token_committed',
      'warning',
      'renewal_started',
      'renewal_failed',
      'stale_token_served',
      'renewal_started',
      'commit_delayed',
      'token_committed',
      'warning',
      'invalidated',
      'renewal_started',
      'revoked',
      'token_discarded',
      'removed',
    ]);
    expect(new Set(events.map(({ key }) => key))).toEqual(new Set([centryKey]));
  });

  it('are frozen, and their dates are nobody else’s', async () => {
    const { llavero, clock, http, events, eventsOf } = makeScene();
    http.answer(citrusAnswer(1));
    const before = (await llavero.token(citrusKey)).expiresAt.getTime();
    expect(events.every((event) => Object.isFrozen(event))).toBe(true);
    expect(events.length).toBeGreaterThan(0);
    for (const { expiresAt } of eventsOf('token_committed')) expiresAt.setTime(0);
    await clock.advance(minuteMs);
    expect((await llavero.token(citrusKey)).expiresAt.getTime()).toBe(before);
    expect(http.requests).toHaveLength(1);
  });

  it('carry no secret', async () => {
    const { events } = await eventful();
    const text = JSON.stringify(events);
    const secrets = [1, 2, 3].flatMap((n) => [secretsOf(n).access, secretsOf(n).refresh]);
    for (const secret of [...secrets, `${canary}-code`, `${canary}-centry-secret`]) {
      expect(leakedPiece(text, secret)).toBeUndefined();
    }
    // The state of the authorization: the one random text of 32 bytes.
    expect(text).not.toMatch(/random-\d+-32/);
  });

  it('show by a fingerprint whether two access tokens are the same, and nothing else', async () => {
    const { llavero, http, eventsOf } = makeScene();
    http.answer(centryAnswer(1)).answer(centryAnswer(1)).answer(centryAnswer(2));
    for (let time = 0; time < 3; time += 1) await llavero.exchange(centryKey, { code: 'c' });
    const [first, second, third] = eventsOf('token_committed').map(({ fingerprint }) => fingerprint);
    expect(first).toMatch(/^[\w-]{12}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('warn of a foreign api_host that is not followed', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.answer(trayAnswer(2, clock.nowMs(), { api_host: 'https://evil.example.org/web_api' }));
    const token = await llavero.token(trayKey);
    expect(token.attributes['apiHost']).toBe('https://shop.example.com/web_api');
    expect(eventsOf('warning')).toEqual([
      { type: 'warning', key: trayKey, at: new Date(clock.nowMs()), warning: 'api_host_kept' },
    ]);
  });

  it('go to a sink that throws without any caller noticing', async () => {
    const http = scriptedHttp([citrusAnswer(1)]);
    const llavero = createLlavero({
      providers: [citrusPreset()],
      store: memoryStore(),
      encryption: encryption(),
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.httpClient).toConstantValue(http);
          rebind(ports.eventSink).toConstantValue({
            emit: () => {
              throw new Error('a sink that breaks its law');
            },
          });
        }),
      ],
    });
    expect((await llavero.token(citrusKey)).generation).toBe(1);
    await llavero.remove(citrusKey);
    await llavero.close();
  });
});
