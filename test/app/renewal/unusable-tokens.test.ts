import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  sent,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, secretsOf } from '../provider-answers.js';

const unusable = { access_token: 'two words' };

describe('an answer that brings a refresh token and no access token that can be used', () => {
  it('is committed, and is ERR_RESPONSE_MALFORMED', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2, unusable));
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED', retryable: false });
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2]);
    expect(eventsOf('token_committed').map((event) => Object.hasOwn(event, 'fingerprint'))).toEqual([true, false]);
    expect(eventsOf('warning')).toMatchObject([{ key: centryKey, warning: 'access_token_unusable' }]);
    expect(await llavero.status(centryKey)).toMatchObject({
      state: 'failing',
      generation: 2,
      lastFailure: { code: 'ERR_RESPONSE_MALFORMED', count: 1 },
    });
  });

  it.each([
    ['no access token', { access_token: undefined }],
    ['a type nobody knows', { token_type: 'mac' }],
  ])('(%s) continues from the new refresh token after a rest', async (_case, members) => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2, members));
    await codeOf(llavero.token(centryKey));
    expect(await codeOf(another().token(centryKey))).toBe('ERR_RESPONSE_MALFORMED');
    expect(http.requests).toHaveLength(2);
    await clock.advance(secondMs);
    http.answer(centryAnswer(3));
    expect((await llavero.token(centryKey)).generation).toBe(3);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(2).refresh);
    expect((await llavero.status(centryKey)).lastFailure).toBeUndefined();
  });

  it('makes no storm: the rests double', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    let answers = 1;
    http.handle(() => centryAnswer((answers += 1), unusable));
    for (let second = 0; second < 120; second += 1) {
      await Promise.all([codeOf(llavero.token(centryKey)), codeOf(llavero.token(centryKey))]);
      await clock.advance(secondMs);
    }
    // 0, 1, 3, 7, 15, 31, 63 s
    expect(http.requests).toHaveLength(1 + 7);
  });

  it('of an exchange is committed, and continues from its refresh token', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(centryAnswer(1, unusable));
    expect(await codeOf(llavero.exchange(centryKey, { code: 'c' }))).toBe('ERR_RESPONSE_MALFORMED');
    expect((await llavero.status(centryKey)).generation).toBe(1);
    expect(llavero.peek(centryKey)).toBeUndefined();
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it('does not end the use of the old access token while that is valid', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 20 * secondMs);
    http.answer(centryAnswer(2, unusable));
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.status(centryKey)).generation).toBe(2);
  });
});

describe('an answer without any token', () => {
  it('to a client-credentials request is ERR_RESPONSE_MALFORMED and rests', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(citrusAnswer(1, { access_token: undefined }));
    expect(await codeOf(llavero.token(citrusKey))).toBe('ERR_RESPONSE_MALFORMED');
    expect(await codeOf(llavero.token(citrusKey))).toBe('ERR_RESPONSE_MALFORMED');
    expect(http.requests).toHaveLength(1);
    await clock.advance(secondMs);
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });
});

describe('a token that is over when it arrives', () => {
  it('is never handed out, and asked for a few times only, unless the provider gives none that lives longer', async () => {
    const { llavero, clock, http } = makeScene();
    const slow = async () => {
      await clock.sleep(2 * secondMs);
      return citrusAnswer(1, { expires_in: lifeS });
    };
    let lifeS = 2;
    http.handle(slow);
    const late = failureOf(llavero.token(citrusKey));
    await clock.advance(minuteMs);
    expect((await late).code).toBe('ERR_RESPONSE_MALFORMED');
    expect(http.requests).toHaveLength(3);
    lifeS = 0;
    const momentary = llavero.token(citrusKey);
    await clock.advance(minuteMs);
    expect((await momentary).generation).toBe(4);
    expect(http.requests).toHaveLength(4);
  });
});

describe('a refresh token that an answer leaves out', () => {
  it.each([{ refresh_token: undefined }, { refresh_token: '' }, { refresh_token: null }])(
    'as in %j keeps the old one in use',
    async (members) => {
      const { llavero, clock, http } = await authorizedCentry();
      await clock.advance(centryLifeMs);
      http.answer(centryAnswer(2, members));
      await llavero.token(centryKey);
      await clock.advance(centryLifeMs);
      http.answer(centryAnswer(3));
      await llavero.token(centryKey);
      expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(1).refresh);
    },
  );
});
