import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/crypto/digest.js';
import { lookAt, succeeds } from '../../../src/testing/store-contract/harness.js';
import {
  centryKey,
  citrusPreset,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  trayPreset,
  type ProcessOptions,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError } from '../provider-answers.js';

interface Started extends Scene {
  readonly returned: string;
  readonly id: string;
}

const started = async (options: ProcessOptions = {}): Promise<Started> => {
  const scene = makeScene(options);
  const { state } = await scene.llavero.authorize(centryKey);
  return { ...scene, returned: `?code=c&state=${state}`, id: sha256Hex(state) };
};

describe('a code that the provider did not process', () => {
  it.each([
    [{ _tag: 'Unsent', why: 'connection_refused' } as const, 'ERR_PROVIDER_UNAVAILABLE', true],
    [{ _tag: 'Unsent', why: 'name_not_resolved' } as const, 'ERR_PROVIDER_UNAVAILABLE', true],
    [{ status: 429, headers: { 'Retry-After': '7' } }, 'ERR_RATE_LIMITED', true],
    [{ status: 302 }, 'ERR_RESPONSE_MALFORMED', true],
    [{ status: 302, headers: { 'Retry-After': '7' } }, 'ERR_RESPONSE_MALFORMED', true],
    [{ status: 503 }, 'ERR_PROVIDER_UNAVAILABLE', true],
    [{ status: 503, headers: { 'Retry-After': '7' } }, 'ERR_PROVIDER_UNAVAILABLE', true],
    [oauthError('temporarily_unavailable'), 'ERR_PROVIDER_UNAVAILABLE', true],
    [oauthError('invalid_request', 500), 'ERR_PROVIDER_UNAVAILABLE', true],
    [{ _tag: 'Unsent', why: 'address_refused' } as const, 'ERR_UNTRUSTED_ADDRESS', false],
  ])(
    'after %j leaves the flow open: the same callback works later, in another process too',
    async (reply, code, retryable) => {
      for (const isElsewhere of [false, true]) {
        const { llavero, another, http, returned } = await started();
        http.hold().release(reply);
        expect(await failureOf(llavero.callback(returned))).toMatchObject({ code, retryable, key: centryKey });
        http.answer(centryAnswer(1));
        const later = isElsewhere ? another() : llavero;
        expect((await later.callback(returned)).generation).toBe(1);
        expect(http.requests).toHaveLength(2);
      }
    },
  );

  it('by a redirect says when the same callback may come again', async () => {
    const { llavero, http, returned } = await started();
    http.answer({ status: 302 }).answer({ status: 302, headers: { 'Retry-After': '7' } });
    expect(await failureOf(llavero.callback(returned))).toMatchObject({ retryAfterMs: secondMs });
    expect(await failureOf(llavero.callback(returned))).toMatchObject({ retryAfterMs: 7 * secondMs });
  });

  it('leaves it open again and again, until it expires', async () => {
    const { llavero, clock, http, returned } = await started();
    http.handle(() => ({ _tag: 'Unsent', why: 'connection_refused' }));
    for (let time = 1; time <= 9; time += 1) {
      expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_PROVIDER_UNAVAILABLE');
      await clock.advance(minuteMs);
    }
    await clock.advance(minuteMs);
    expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_STATE_MISMATCH');
    expect(http.requests).toHaveLength(9);
  });

  it('leaves it open although the store has to be asked several times', async () => {
    const { llavero, clock, store, http, returned } = await started();
    const held = http.hold();
    const first = failureOf(llavero.callback(returned));
    await held.arrived;
    store.failNext('updatePending', 3);
    held.release({ _tag: 'Unsent', why: 'connection_refused' });
    await clock.advance(10 * secondMs);
    expect((await first).code).toBe('ERR_PROVIDER_UNAVAILABLE');
    http.answer(centryAnswer(1));
    expect((await llavero.callback(returned)).generation).toBe(1);
  });
});

describe('a code that was refused without a verdict on it', () => {
  it.each([
    [oauthError('invalid_client', 401), 'ERR_CLIENT_REJECTED'],
    [oauthError('invalid_request'), 'ERR_REQUEST_REJECTED'],
    [oauthError('something_new'), 'ERR_REQUEST_REJECTED'],
    [{ status: 401 }, 'ERR_CLIENT_REJECTED'],
    [{ status: 404 }, 'ERR_REQUEST_REJECTED'],
    [{ status: 400, headers: { 'Retry-After': '7' } }, 'ERR_REQUEST_REJECTED'],
  ])('as by %j is not called retryable, and works once what was wrong is put right', async (reply, code) => {
    const { llavero, http, returned } = await started();
    http.answer(reply);
    expect(await failureOf(llavero.callback(returned))).toMatchObject({ code, retryable: false, key: centryKey });
    await llavero.register({ provider: 'centry', account: 'acme', clientSecret: 'corrected' });
    http.answer(centryAnswer(1));
    expect((await llavero.callback(returned)).generation).toBe(1);
    expect(http.requests).toHaveLength(2);
    expect((await failureOf(llavero.callback(returned))).reason).toMatchObject({ why: 'already_completed' });
  });

  it('closes the flow when the verdict follows', async () => {
    const { llavero, http, returned } = await started();
    http.answer({ status: 404 }).answer(oauthError('invalid_grant'));
    expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_REQUEST_REJECTED');
    expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await failureOf(llavero.callback(returned))).reason).toEqual({ _tag: 'StateMismatch', why: 'unknown' });
    expect(http.requests).toHaveLength(2);
  });
});

describe('a code that is or may be spent', () => {
  const wait = { 'Retry-After': '5' };
  it.each([
    [oauthError('invalid_grant'), 'ERR_REAUTHORIZATION_REQUIRED'],
    [{ status: 200 }, 'ERR_RESPONSE_MALFORMED'],
    [{ status: 200, headers: wait }, 'ERR_RESPONSE_MALFORMED'],
    [{ status: 200, json: {}, headers: wait }, 'ERR_RESPONSE_MALFORMED'],
    [{ status: 500, headers: wait }, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ _tag: 'Unknown', why: 'undecodable' } as const, 'ERR_RESPONSE_MALFORMED'],
    [{ _tag: 'Unknown', why: 'timeout' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ _tag: 'Unknown', why: 'connection_reset' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
  ])('after %j closes the flow, is not called retryable, and says to start again', async (reply, code) => {
    const { llavero, store, http, returned, id } = await started();
    http.hold().release(reply);
    const failure = await failureOf(llavero.callback(returned));
    expect(failure).toMatchObject({ code, retryable: false, key: centryKey });
    expect(failure.retryAfterMs).toBe(undefined);
    expect(failure.message).toContain('authorize()');
    expect(await lookAt(store, id)).toBeUndefined();
    expect((await failureOf(llavero.callback(returned))).reason).toEqual({ _tag: 'StateMismatch', why: 'unknown' });
    expect(http.requests).toHaveLength(1);
  });

  it('that an operator pasted is not called retryable either', async () => {
    const { llavero, http } = makeScene();
    http.fail('Unknown', 'timeout');
    const failure = await failureOf(llavero.exchange(centryKey, { code: 'c' }));
    expect(failure).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: false });
    expect(failure.message).toContain('the code may be spent. Start again with authorize().');
    http.answer({ status: 200, json: {}, headers: { 'Retry-After': '5' } });
    const unusable = await failureOf(llavero.exchange(centryKey, { code: 'd' }));
    expect(unusable).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED', retryable: false });
    expect(unusable.message).toBe(
      `The provider's answer for ${centryKey} holds no usable token: no_token (HTTP 200). Start again with authorize().`,
    );
  });
});

describe('a callback that fails before its code is sent', () => {
  it.each([['read'], ['updatePending']] as const)(
    'because the store failed (%s) leaves the flow open',
    async (operation) => {
      const { llavero, store, http, returned } = await started();
      store.failNext(operation);
      const failure = await failureOf(llavero.callback(returned));
      expect(failure).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true });
      http.answer(centryAnswer(1));
      expect((await llavero.callback(returned)).generation).toBe(1);
      expect(http.requests).toHaveLength(1);
    },
  );

  /** A callback that has found its flow, and whose next write is the one that takes it. */
  const aboutToTake = async (
    scene: Started,
  ): Promise<{ readonly first: Promise<unknown>; readonly take: () => void }> => {
    const looked = scene.store.holdNextAnswer('updatePending');
    const first = scene.llavero.callback(scene.returned);
    first.catch(() => undefined);
    await looked.arrived;
    return { first, take: looked.release };
  };

  it('because the answer of the store was lost takes the flow again, and sends its code once', async () => {
    const scene = await started();
    const { first, take } = await aboutToTake(scene);
    scene.store.loseNextAnswer('updatePending');
    scene.http.answer(centryAnswer(1));
    take();
    expect(await first).toMatchObject({ generation: 1 });
    expect(scene.http.requests).toHaveLength(1);
  });

  it('because every answer of the store was lost leaves the flow open, though giving it back fails at first', async () => {
    const scene = await started();
    const { llavero, another, clock, store, http, returned } = scene;
    const { first, take } = await aboutToTake(scene);
    store.loseNextAnswer('updatePending');
    store.failNext('updatePending', 4);
    take();
    expect((await failureOf(first)).code).toBe('ERR_STORE_FAILED');
    expect(http.requests).toEqual([]);
    await clock.advance(secondMs);
    http.answer(centryAnswer(1));
    expect((await another().callback(returned)).generation).toBe(1);
    await llavero.close();
    expect(http.requests).toHaveLength(1);
  });

  it('because the store hung leaves the flow open, though its write comes late', async () => {
    const scene = await started();
    const { clock, store, http, returned } = scene;
    const { first, take } = await aboutToTake(scene);
    const hung = store.holdNext('updatePending');
    take();
    await hung.arrived;
    await clock.advance(10 * secondMs);
    expect((await failureOf(first)).reason).toMatchObject({ _tag: 'StoreFailed', why: 'timeout' });
    await clock.advance(secondMs);
    hung.release();
    await clock.advance(secondMs);
    expect(http.requests).toEqual([]);
    http.answer(centryAnswer(1));
    expect((await scene.another().callback(returned)).generation).toBe(1);
  });

  it.each(['server_error', 'temporarily_unavailable'])(
    'because the provider says %s leaves the flow open for the person who tries again there',
    async (error) => {
      const { llavero, http, returned } = await started();
      const refused = returned.replace('code=c', `error=${error}`);
      expect(await failureOf(llavero.callback(refused))).toMatchObject({
        code: 'ERR_PROVIDER_UNAVAILABLE',
        retryable: true,
      });
      http.answer(centryAnswer(1));
      expect((await llavero.callback(returned)).generation).toBe(1);
    },
  );

  it.each(['access_denied', 'invalid_scope'])('because of %s closes the flow', async (error) => {
    const { llavero, http, returned } = await started();
    await failureOf(llavero.callback(returned.replace('code=c', `error=${error}`)));
    expect((await failureOf(llavero.callback(returned))).reason).toEqual({ _tag: 'StateMismatch', why: 'unknown' });
    expect(http.requests).toEqual([]);
  });

  it('because the memory of the flow does not open writes nothing', async () => {
    const { llavero, store, http, returned, id } = await started();
    const intact = await lookAt(store, id);
    const spoilt = intact && { ...intact, sealed: 'lv1.test.c3BvaWx0' };
    await succeeds(store.updatePending(id, () => ({ pending: spoilt, result: undefined })));
    expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_DECRYPTION_FAILED');
    expect(await lookAt(store, id)).toEqual(spoilt);
    await succeeds(store.updatePending(id, () => ({ pending: intact, result: undefined })));
    http.answer(centryAnswer(1));
    expect((await llavero.callback(returned)).generation).toBe(1);
  });

  it('because this process does not know the provider leaves the flow to one that does', async () => {
    const { llavero, another, http, returned } = await started();
    const without = another({ providers: [trayPreset(), citrusPreset()] });
    expect((await failureOf(without.callback(returned))).code).toBe('ERR_UNKNOWN_KEY');
    http.answer(centryAnswer(1));
    expect((await llavero.callback(returned)).generation).toBe(1);
  });
});

describe('an error callback without a state', () => {
  it.each([
    ['server_error', 'server_error'],
    ['access_denied', 'access_denied'],
    ['a-secret-of-somebody', 'unrecognised_error'],
    ['x'.repeat(5_000), 'unrecognised_error'],
    ['<script>alert(1)</script>', 'unrecognised_error'],
  ])('tells that the provider reported %s, and nothing of its description', async (error, told) => {
    const { llavero } = makeScene();
    const returned = new URLSearchParams({
      error,
      error_description: 'the description',
      error_uri: 'https://x.example',
    });
    const failure = await failureOf(llavero.callback(returned));
    expect(failure.code).toBe('ERR_STATE_MISMATCH');
    expect(failure.reason).toEqual({ _tag: 'StateMismatch', why: 'missing', providerError: told });
    expect(failure.message).toBe(
      `The callback was refused: it carries no state, and the provider reported ${told} in it. Start again with authorize().`,
    );
  });

  it('closes no flow', async () => {
    const { llavero, http, returned } = await started();
    await failureOf(llavero.callback('?error=access_denied'));
    http.answer(centryAnswer(1));
    expect((await llavero.callback(returned)).generation).toBe(1);
  });
});
