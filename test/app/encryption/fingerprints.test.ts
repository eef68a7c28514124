import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import {
  authorizedCentry,
  centryKey,
  codeOf,
  encryption,
  failureOf,
  hourMs,
  makeScene,
  type ProcessOptions,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

const old = encryption('old', 1).keys;
const next = encryption('next', 2).keys;
const before: ProcessOptions = { encryption: { keys: old } };
const rotating: ProcessOptions = { encryption: { keys: [...next, ...old] } };
const after: ProcessOptions = { encryption: { keys: next } };

const note = 'fingerprint-key';

/** What each process calls the same access token. */
const namesOf = async ({ http, another, eventsOf }: Scene, processes: readonly ProcessOptions[]) => {
  const earlier = eventsOf('token_committed').length;
  for (const [index, process] of processes.entries()) {
    http.answer(centryAnswer(1));
    await another(process).exchange(`centry/${earlier}-${index}`, { code: 'c' });
  }
  return eventsOf('token_committed')
    .slice(earlier)
    .map(({ fingerprint }) => fingerprint);
};

const noteOf = async ({ store }: Scene): Promise<string | undefined> => {
  const found = await store.readNote(note)();
  return found._tag === 'Right' ? found.right : undefined;
};

const setNote = ({ store }: Scene, text: string | undefined) =>
  store.updateNote(note, () => ({ text, result: undefined }))();

describe('fingerprints', () => {
  it('are the same in processes with different newest keys, and after the older key is gone', async () => {
    const scene = makeScene(before);
    const [first, ...others] = await namesOf(scene, [before, rotating, before]);
    await scene.another(rotating).reseal();
    expect(first).toMatch(/^[\w-]{12}$/);
    expect(others).toEqual([first, first]);
    expect(await namesOf(scene, [after])).toEqual([first]);
  });

  it('of a client that was rejected tell every process during a rotation that it was this one', async () => {
    const scene = await authorizedCentry(before);
    await scene.clock.advance(3 * hourMs);
    scene.http.answer({ status: 401, json: { error: 'invalid_client' } });
    const asked = scene.http.requests.length + 1;
    for (const process of [before, rotating, before]) {
      expect(await codeOf(scene.another(process).token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    }
    expect(scene.http.requests).toHaveLength(asked);
    expect((await scene.another(rotating).status(centryKey)).state).toBe('client_rejected');
  });

  it('of another client differ', async () => {
    const scene = await authorizedCentry(before);
    await scene.clock.advance(3 * hourMs);
    scene.http.answer({ status: 401, json: { error: 'invalid_client' } });
    expect(await codeOf(scene.llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    const redirectUri = 'https://app.example.com/centry';
    const changed = centry({ clientId: 'centry-client', clientSecret: 'another', redirectUri });
    scene.http.answer(centryAnswer(2));
    expect((await scene.another({ ...rotating, providers: [changed] }).token(centryKey)).generation).toBe(2);
  });

  it('are the same in processes that start on an empty store at once: whoever wrote first wins', async () => {
    const scene = makeScene();
    await scene.another().ready();
    await setNote(scene, undefined);
    const [one, other] = [scene.another(), scene.another()];
    const held = scene.store.holdNext('updateNote');
    const starting = one.ready();
    await held.arrived;
    await other.ready();
    const winner = await noteOf(scene);
    held.release();
    await starting;
    expect(await noteOf(scene)).toBe(winner);
    scene.http.answer(centryAnswer(1)).answer(centryAnswer(1));
    for (const process of [one, other]) await process.exchange(centryKey, { code: 'c' });
    const names = scene.eventsOf('token_committed').map(({ fingerprint }) => fingerprint);
    expect(new Set(names).size).toBe(1);
  });

  it('are the same in every process on a store without encryption', async () => {
    const plain: ProcessOptions = { encryption: 'plaintext' };
    const [first, second] = await namesOf(makeScene(plain), [plain, plain]);
    expect(second).toBe(first);
  });

  it('differ once the store has another secret', async () => {
    const scene = makeScene();
    const [first] = await namesOf(scene, [{}]);
    await setNote(scene, undefined);
    const [second] = await namesOf(scene, [{}]);
    expect(second).not.toBe(first);
  });
});

describe('the secret of fingerprints', () => {
  it('lies in the store sealed, and under the newest key once everything was resealed', async () => {
    const scene = makeScene(before);
    await scene.llavero.ready();
    expect(await noteOf(scene)).toMatch(/^lv1\.old\./);
    await scene.another(rotating).reseal();
    expect(await noteOf(scene)).toMatch(/^lv1\.next\./);
  });

  it.each([
    ['without the key that sealed it', after, 'unknown_key_id'],
    ['with another key of its name', { encryption: { keys: encryption('old', 9).keys } }, 'failed_tag'],
  ])('stops the start of a process %s', async (_case, process, why) => {
    const scene = makeScene(before);
    await scene.llavero.ready();
    await scene.store.updateNote('key-checks', () => ({ text: undefined, result: undefined }))();
    const error = await failureOf(scene.another(process).ready());
    expect(error).toMatchObject({ code: 'ERR_DECRYPTION_FAILED', reason: { key: note, why, keyId: 'old' } });
    expect(scene.http.requests).toHaveLength(0);
  });

  it('is never taken from clear text or from another place', async () => {
    const scene = await authorizedCentry();
    const record = await scene.store.read(centryKey)();
    const moved = record._tag === 'Right' ? record.right?.token : undefined;
    for (const planted of ['planted in clear', '', moved]) {
      await setNote(scene, planted);
      expect(await codeOf(scene.another().token(centryKey))).toBe('ERR_DECRYPTION_FAILED');
    }
  });

  it('that does not open any more keeps its older key needed, and stops no account from being resealed', async () => {
    const scene = await authorizedCentry(before);
    const process = scene.another(rotating);
    await process.ready();
    await setNote(scene, `${await noteOf(scene)}A`);
    expect(await process.reseal()).toEqual({ total: 1, resealed: 1, failed: 0 });
    expect(scene.eventsOf('reseal_failed')).toMatchObject([{ key: note, code: 'ERR_DECRYPTION_FAILED' }]);
    const error = await failureOf(scene.another(after).ready());
    expect(error.reason).toMatchObject({ key: 'key-checks', keyId: 'old' });
  });
});
