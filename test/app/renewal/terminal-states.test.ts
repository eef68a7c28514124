import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  centryPreset,
  citrusKey,
  codeOf,
  failureOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import { centry } from '../../../src/adapters/providers/centry.js';
import { canary, centryAnswer, citrusAnswer, oauthError, trayAnswer, trayError } from '../provider-answers.js';

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

describe('a client that is refused', () => {
  it.each(['invalid_client', 'unauthorized_client'])('by %s stops everything and keeps the grant', async (name) => {
    const { llavero, another, clock, http } = await expired();
    http.answer(oauthError(name, 401));
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_CLIENT_REJECTED', retryable: false });
    expect(error.reason).toEqual({ _tag: 'ClientRejected', key: centryKey, error: name });
    await clock.advance(hourMs);
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

  it('is a refresh token past its own end', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(30 * 24 * hourMs);
    const error = await failureOf(llavero.token(trayKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: trayKey, cause: 'refresh_token_expired' });
    expect((await llavero.status(trayKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(1);
  });

  it('is a code key that was never authorized', async () => {
    const { llavero } = makeScene();
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'never_authorized' });
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });
});
