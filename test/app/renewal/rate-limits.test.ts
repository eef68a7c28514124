import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer } from '../provider-answers.js';

const limited = (retryAfter?: string) => ({
  status: 429,
  ...(retryAfter === undefined ? {} : { headers: { 'Retry-After': retryAfter } }),
});

describe('a 429', () => {
  it('is ERR_RATE_LIMITED with what Retry-After says in seconds', async () => {
    const { llavero, http } = makeScene();
    http.answer(limited('7'));
    const error = await failureOf(llavero.token(citrusKey));
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', retryable: true, retryAfterMs: 7 * secondMs });
  });

  it('is ERR_RATE_LIMITED with what Retry-After says as a date', async () => {
    const { llavero, http, clock } = makeScene();
    http.answer(limited(new Date(clock.nowMs() + 90 * secondMs).toUTCString()));
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(90 * secondMs);
  });

  it('is believed for an hour at most', async () => {
    const { llavero, http } = makeScene();
    http.answer(limited('86400'));
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(hourMs);
  });

  it('without Retry-After rests as after any failure', async () => {
    const { llavero, http } = makeScene();
    http.answer(limited());
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(secondMs);
  });

  it('with a Retry-After of nothing still rests: nobody asks in a tight loop', async () => {
    const { llavero, http } = makeScene();
    http.handle(() => limited('0'));
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(secondMs);
    for (let time = 0; time < 10; time += 1) await codeOf(llavero.token(citrusKey));
    expect(http.requests).toHaveLength(1);
  });

  it('makes all accounts of the same client rest, in every process', async () => {
    const { llavero, another, clock, http } = makeScene();
    http.answer(limited('7'));
    await codeOf(llavero.token('citrusad/one'));
    await clock.advance(2 * secondMs);
    const error = await failureOf(another().token('citrusad/two'));
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: 5 * secondMs, key: 'citrusad/two' });
    expect(http.requests).toHaveLength(1);
    await clock.advance(5 * secondMs);
    http.answer(citrusAnswer(1)).answer(citrusAnswer(2));
    expect((await llavero.token('citrusad/one')).generation).toBe(1);
    const second = another().token('citrusad/two');
    await clock.advance(secondMs);
    expect((await second).generation).toBe(1);
  });

  it('says nothing about another client, nor about another provider', async () => {
    const { llavero, http } = makeScene();
    http.answer(limited('60'));
    await codeOf(llavero.token('citrusad/one'));
    await llavero.register({
      provider: 'citrusad',
      account: 'own',
      clientId: 'another-client',
      clientSecret: `${canary}-other`,
    });
    http.answer(citrusAnswer(1)).answer(centryAnswer(1));
    expect((await llavero.token('citrusad/own')).generation).toBe(1);
    expect((await llavero.exchange(centryKey, { code: 'c' })).generation).toBe(1);
  });

  it('costs no refresh token: the same one goes again', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(limited('3'));
    await codeOf(llavero.token(centryKey));
    expect((await llavero.status(centryKey)).state).toBe('failing');
    await clock.advance(3 * secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('leaves a valid token in use', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 20 * secondMs);
    http.answer(limited('3600'));
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(5 * secondMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(http.requests).toHaveLength(2);
  });

  it('does not shorten a longer rest of the same client', async () => {
    const { llavero, clock, http, another } = makeScene();
    const first = http.hold();
    const second = http.hold();
    const one = codeOf(llavero.token('citrusad/one'));
    await first.arrived;
    const two = codeOf(another().token('citrusad/two'));
    await second.arrived;
    first.release(limited('600'));
    await one;
    second.release(limited('5'));
    await two;
    await clock.advance(minuteMs);
    const error = await failureOf(llavero.token('citrusad/three'));
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: 9 * minuteMs });
  });
});

describe('a limit that a classifier reads', () => {
  const tooMany = { json: { error: 'Access Denied', error_description: 'too many requests' } } as const;
  const sceneWith = (refusal: 'rate_limited' | 'account_rate_limited') => {
    const preset = defineProvider({
      id: 'shop',
      grant: 'client_credentials',
      tokenEndpoint: 'https://login.example.com/token',
      clientAuthentication: 'post',
      classifyError: ({ text }) => (/too many/.test(text ?? '') ? refusal : undefined),
    });
    return makeScene({ providers: [preset({ clientId: 'id', clientSecret: `${canary}-secret` })] });
  };

  it.each([
    ['rate_limited', 400],
    ['account_rate_limited', 400],
    ['account_rate_limited', 429],
  ] as const)('(%s with a %i) stops that account only, in every process', async (refusal, status) => {
    const { llavero, http, clock } = sceneWith(refusal);
    http.answer({ ...tooMany, status, headers: { 'Retry-After': '60' } });
    const error = await failureOf(llavero.token('shop/busy'));
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: minuteMs });
    expect(error.reason).toMatchObject({ scope: 'account' });
    http.answer(citrusAnswer(1));
    expect((await llavero.token('shop/quiet')).generation).toBe(1);
    await clock.advance(30 * secondMs);
    const later = await failureOf(llavero.token('shop/busy'));
    expect(later.reason).toMatchObject({ _tag: 'RateLimited', scope: 'account', retryAfterMs: 30 * secondMs });
    expect(http.requests).toHaveLength(2);
  });

  it('(rate_limited with a 429) stops the client', async () => {
    const { llavero, http } = sceneWith('rate_limited');
    http.answer({ ...tooMany, status: 429 });
    await codeOf(llavero.token('shop/busy'));
    expect(await codeOf(llavero.token('shop/quiet'))).toBe('ERR_RATE_LIMITED');
    expect(http.requests).toHaveLength(1);
  });
});
