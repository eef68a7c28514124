import { describe, expect, it } from 'vitest';
import type { ProviderPreset } from '../../../src/ports/provider.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  citrusKey,
  citrusPreset,
  makeScene,
  trayKey,
  trayPreset,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, secretsOf, trayAnswer } from '../provider-answers.js';

/** The same provider, which promises a refresh token with every authorization. */
const saying = (preset: ProviderPreset, refreshTokenRequired: boolean): ProviderPreset => ({
  ...preset,
  configure: (rules) => ({ ...preset.configure(rules), refreshTokenRequired }),
});

const withoutRefreshToken = {
  json: { access_token: secretsOf(1).access, token_type: 'bearer', expires_in: 7_200, scope: 'read_orders' },
};

const promised = (): Scene => makeScene({ providers: [saying(centryPreset(), true), saying(citrusPreset(), true)] });

const listed = async ({ llavero }: Scene): Promise<readonly unknown[]> => {
  const all: unknown[] = [];
  for await (const { refreshTokenMissing } of llavero.list()) all.push(refreshTokenMissing);
  return all;
};

describe('a promised refresh token that does not come', () => {
  it('is told of at connect time: by an event after the commit, and in the status for as long as that token is held', async () => {
    const scene = promised();
    const { llavero, another, http, events, eventsOf } = scene;
    const { state } = await llavero.authorize(centryKey);
    http.answer(withoutRefreshToken);
    expect((await llavero.callback(`?code=c&state=${state}`)).generation).toBe(1);
    expect(eventsOf('warning')).toMatchObject([{ key: centryKey, warning: 'refresh_token_missing' }]);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('warning')).toBe(types.indexOf('token_committed') + 1);
    expect(await another().status(centryKey)).toMatchObject({ state: 'ready', refreshTokenMissing: true });
    expect(await listed(scene)).toEqual([true]);
  });

  it('is told of after an exchange too', async () => {
    const { llavero, http, eventsOf } = promised();
    http.answer(withoutRefreshToken);
    await llavero.exchange(centryKey, { code: 'c' });
    expect(eventsOf('warning')).toMatchObject([{ warning: 'refresh_token_missing' }]);
    expect((await llavero.status(centryKey)).refreshTokenMissing).toBe(true);
  });

  it('is forgotten when another authorization brings one', async () => {
    const scene = promised();
    const { llavero, http, eventsOf } = scene;
    http.answer(withoutRefreshToken);
    await llavero.exchange(centryKey, { code: 'c' });
    http.answer(centryAnswer(2));
    await llavero.exchange(centryKey, { code: 'd' });
    expect(eventsOf('warning')).toHaveLength(1);
    expect(Object.hasOwn(await llavero.status(centryKey), 'refreshTokenMissing')).toBe(false);
    expect(await listed(scene)).toEqual([undefined]);
  });

  it('is not missed before the first authorization, nor after a revocation', async () => {
    const { llavero, http } = promised();
    await llavero.register({ provider: 'centry', account: 'acme' });
    expect(Object.hasOwn(await llavero.status(centryKey), 'refreshTokenMissing')).toBe(false);
    http.answer(withoutRefreshToken);
    await llavero.exchange(centryKey, { code: 'c' });
    await llavero.revoke(centryKey, { localOnly: true });
    expect(Object.hasOwn(await llavero.status(centryKey), 'refreshTokenMissing')).toBe(false);
  });

  it.each([
    [centryKey, {}, () => withoutRefreshToken],
    [
      trayKey,
      { apiAddress: 'https://shop.example.com/web_api' },
      (nowMs: number) => trayAnswer(1, nowMs, { refresh_token: undefined }),
    ],
  ])('is missed at %s, whose preset promises one', async (key, input, answer) => {
    const { llavero, clock, http, eventsOf } = makeScene({ providers: [centryPreset(), trayPreset()] });
    http.answer(answer(clock.nowMs()));
    await llavero.exchange(key, { code: 'c', ...input });
    expect(eventsOf('warning').map(({ warning }) => warning)).toEqual(['refresh_token_missing']);
    expect(await llavero.status(key)).toMatchObject({ refreshTokenMissing: true });
  });

  it('is not missed when a renewal brings none: the one before is kept', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry({ providers: [centryPreset()] });
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2, { refresh_token: undefined }));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(eventsOf('warning')).toEqual([]);
    expect(Object.hasOwn(await llavero.status(centryKey), 'refreshTokenMissing')).toBe(false);
  });

  it('is missed neither where none was promised nor where none is needed', async () => {
    const plain = makeScene({ providers: [saying(centryPreset(), false)] });
    plain.http.answer(withoutRefreshToken);
    await plain.llavero.exchange(centryKey, { code: 'c' });
    expect(plain.eventsOf('warning')).toEqual([]);
    expect(Object.hasOwn(await plain.llavero.status(centryKey), 'refreshTokenMissing')).toBe(false);

    const { llavero, http, eventsOf } = promised();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    expect(eventsOf('warning')).toEqual([]);
    expect(Object.hasOwn(await llavero.status(citrusKey), 'refreshTokenMissing')).toBe(false);
  });
});
