import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  citrusKey,
  codeOf,
  encryption,
  failureOf,
  makeScene,
} from '../llavero-fixture.js';
import { citrusAnswer } from '../provider-answers.js';

const old = encryption('old', 1).keys;
const next = encryption('next', 2).keys;

describe('ready', () => {
  it('opens the store once and writes one key check and its secret for fingerprints', async () => {
    const { llavero, store } = makeScene();
    await Promise.all([llavero.ready(), llavero.ready(), llavero.status(centryKey).catch(() => undefined)]);
    await llavero.ready();
    expect([store.asked('open'), store.writes()]).toEqual([1, 2]);
  });

  it('is done by the first call when nobody asks for it', async () => {
    const { llavero, http, store } = makeScene();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    expect(store.asked('open')).toBe(1);
  });

  it('writes nothing into a store that was ready before', async () => {
    const { llavero, another, store } = makeScene();
    await llavero.ready();
    store.resetCounts();
    await another().ready();
    expect(store.writes()).toBe(0);
  });

  it('is ERR_STORE_FAILED when the store does not open, and tried again by the next call', async () => {
    const { llavero, store } = makeScene();
    store.failNext('open');
    const error = await failureOf(llavero.ready());
    expect(error).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true });
    await llavero.ready();
    expect(store.asked('open')).toBe(2);
  });
});

describe('a wrong encryption key', () => {
  it.each([
    ['another key under the same id', encryption('test', 8), 'failed_tag'],
    ['a key with another id alone', encryption('other', 7), 'unknown_key_id'],
    ['no encryption at all', 'plaintext' as const, 'unknown_key_id'],
  ])('(%s) is ERR_DECRYPTION_FAILED for every call, before any network and any write', async (_case, keys, why) => {
    const { another, http, store } = await authorizedCentry();
    const wrong = another({ encryption: keys });
    const failures = [
      wrong.ready(),
      wrong.token(centryKey),
      wrong.token(citrusKey),
      wrong.register({ provider: 'centry', account: 'acme' }),
      wrong.authorize(centryKey),
      wrong.exchange(centryKey, { code: 'c' }),
      wrong.callback('?state=s&code=c'),
      wrong.status(centryKey),
      wrong.revoke(centryKey),
      wrong.remove(centryKey),
      wrong.list()[Symbol.asyncIterator]().next(),
    ];
    for (const failure of failures) {
      const error = await failureOf(failure);
      expect(error).toMatchObject({ code: 'ERR_DECRYPTION_FAILED', retryable: false, reason: { why } });
    }
    expect(store.writes()).toBe(0);
    expect(http.requests).toHaveLength(1);
  });

  it('is found out in a store that was kept in clear until now', async () => {
    const { another, store } = await authorizedCentry({ encryption: 'plaintext' });
    const error = await failureOf(another({ encryption: encryption() }).ready());
    expect(error).toMatchObject({ code: 'ERR_DECRYPTION_FAILED', reason: { why: 'not_sealed' } });
    expect(store.writes()).toBe(0);
  });
});

describe('a new encryption key', () => {
  it('in front of the old one is added to the checks; both kinds of process go on', async () => {
    const { llavero, another } = makeScene({ encryption: { keys: old } });
    await llavero.ready();
    for (const keys of [[...next, ...old], old]) {
      await expect(another({ encryption: { keys } }).ready()).resolves.toBeUndefined();
    }
  });

  it('alone, once the old one is gone, stops the start before any network: the old one is still needed', async () => {
    const { another, http } = await authorizedCentry({ encryption: { keys: old } });
    await another({ encryption: { keys: [...next, ...old] } }).ready();
    const forgetful = another({ encryption: { keys: next } });
    const error = await failureOf(forgetful.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'DecryptionFailed', key: 'key-checks', why: 'unknown_key_id', keyId: 'old' });
    expect(error.message).toContain('add that key again');
    expect(http.requests).toHaveLength(1);
  });

  it('that two processes disagree about is found out by the second', async () => {
    const { another } = makeScene();
    const [one, other] = [another({ encryption: encryption('k', 1) }), another({ encryption: encryption('k', 2) })];
    const settled = await Promise.allSettled([one.ready(), other.ready()]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(settled[0]?.status === 'rejected' ? one.ready() : other.ready())).toBe('ERR_DECRYPTION_FAILED');
  });
});

describe('a value that was damaged or moved', () => {
  it('is ERR_DECRYPTION_FAILED: never taken for no token, never followed by a write', async () => {
    const { another, http, store } = await authorizedCentry();
    await store.update(centryKey, (current) =>
      current === undefined
        ? { _tag: 'Keep', result: undefined }
        : { _tag: 'Put', record: { ...current, token: current.credential }, result: undefined },
    )();
    store.resetCounts();
    const error = await failureOf(another().token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_DECRYPTION_FAILED', reason: { why: 'failed_tag' } });
    expect(await codeOf(another().exchange(centryKey, { code: 'c' }))).toBe('ERR_DECRYPTION_FAILED');
    expect(store.writes()).toBe(0);
    expect(http.requests).toHaveLength(1);
  });
});
