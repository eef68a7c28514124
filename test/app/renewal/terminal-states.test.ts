import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError, secretsOf, trayAnswer, trayError } from '../provider-answers.js';

const expired = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  return scene;
};

describe('invalid_grant', () => {
  it('is final: stored, and answered without network, by every process and after a restart', async () => {
    const { llavero, another, clock, http, eventsOf } = await expired();
    http.answer(oauthError('invalid_grant'));
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED', retryable: false });
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'invalid_grant' });
    expect(error.retryAfterMs).toBeUndefined();
    await clock.advance(30 * 24 * hourMs);
    expect((await failureOf(llavero.token(centryKey))).reason).toEqual(error.reason);
    expect((await failureOf(another().token(centryKey))).reason).toEqual(error.reason);
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(2);
    expect(eventsOf('renewal_failed')).toHaveLength(1);
  });

  it('deletes nothing', async () => {
    const { llavero, http, store } = await expired();
    const before = await store.read(centryKey)();
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    const after = await store.read(centryKey)();
    const kept = (read: typeof before) => (read._tag === 'Right' ? [read.right?.token, read.right?.credential] : []);
    expect(kept(after)).toEqual(kept(before));
    expect(kept(after)).toHaveLength(2);
  });

  it('is answered without a write, too', async () => {
    const { llavero, http, store } = await expired();
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    store.resetCounts();
    await Promise.all(Array.from({ length: 20 }, () => codeOf(llavero.token(centryKey))));
    expect(store.writes()).toBe(0);
  });

  it('never ends a client-credentials key: no person granted anything', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(llavero.token(citrusKey))).toBe('ERR_REQUEST_REJECTED');
    await clock.advance(secondMs);
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });
});

describe('an account that its provider calls unavailable', () => {
  it.each([
    [1001, '1001 store blocked'],
    [1002, '1002 store inactive'],
    [1003, '1003 store cancelled'],
  ])('(%i) is asked about once an hour, by one process', async (code, error) => {
    const { llavero, another, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.handle(() => trayError(code));
    const failure = await failureOf(llavero.token(trayKey));
    expect(failure).toMatchObject({ code: 'ERR_ACCOUNT_UNAVAILABLE', retryable: false });
    expect(failure.reason).toEqual({ _tag: 'AccountUnavailable', key: trayKey, error });
    expect((await llavero.status(trayKey)).state).toBe('account_unavailable');
    for (let minute = 0; minute < 59; minute += 1) {
      await clock.advance(minuteMs);
      expect((await failureOf(another().token(trayKey))).reason).toEqual(failure.reason);
    }
    expect(http.requests).toHaveLength(2);
    await clock.advance(minuteMs);
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(await codeOf(another().token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(http.requests).toHaveLength(3);
    await clock.advance(hourMs);
    http.handle(() => trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect((await llavero.status(trayKey)).state).toBe('ready');
  });
});

describe('an account whose provider asks for more than an hour', () => {
  it('is asked about when the provider said, as far as the policy believes it', async () => {
    const { llavero, clock, http } = await authorizedTray({ policy: { retryAfterMaxMs: 6 * hourMs } });
    await clock.advance(3 * hourMs);
    http.handle(() => ({ ...trayError(1001), headers: { 'retry-after': '7200' } }));
    const asked = clock.nowMs();
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect((await llavero.status(trayKey)).lastFailure?.retryAt).toEqual(new Date(asked + 2 * hourMs));
    await clock.advance(2 * hourMs - 1);
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(http.requests).toHaveLength(2);
    await clock.advance(1);
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(http.requests).toHaveLength(3);
  });
});

describe('nothing to renew with', () => {
  it('is known without network and without a write', async () => {
    const { llavero, clock, http, store } = makeScene();
    http.answer(centryAnswer(1, { refresh_token: undefined }));
    await llavero.exchange(centryKey, { code: 'c' });
    await clock.advance(centryLifeMs);
    store.resetCounts();
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'no_refresh_token' });
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(store.writes()).toBe(0);
    expect(http.requests).toHaveLength(1);
  });

  it('is a code key that was never authorized', async () => {
    const { llavero } = makeScene();
    await llavero.register({ provider: 'centry', account: 'acme' });
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'never_authorized' });
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });
});

describe('a refresh token past its known end', () => {
  const past = async (): Promise<Scene> => {
    const scene = await authorizedTray();
    await scene.clock.advance(30 * 24 * hourMs);
    return scene;
  };

  it('is tried all the same: its end was a hint', async () => {
    const { llavero, clock, http } = await past();
    expect((await llavero.status(trayKey)).state).toBe('ready');
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it('that the provider refuses has expired, and that is final', async () => {
    const { llavero, http } = await past();
    http.answer(trayError(1099));
    const error = await failureOf(llavero.token(trayKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: trayKey, cause: 'refresh_token_expired' });
    expect((await failureOf(llavero.token(trayKey))).reason).toEqual(error.reason);
    expect((await llavero.status(trayKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(2);
  });

  it('is tried once a cool-down until there is a verdict, however long that takes', async () => {
    const { llavero, clock, http } = await past();
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      expect(await codeOf(llavero.token(trayKey))).toBe('ERR_PROVIDER_UNAVAILABLE');
      await clock.advance(minuteMs);
    }
    expect(http.requests).toHaveLength(1 + 24 * 60);
    http.handle(() => trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
  });
});
