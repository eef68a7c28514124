import { describe, expect, it } from 'vitest';
import { fromPromiseStore, type PromiseTokenStore } from '../../../src/adapters/stores/from-promise-store.js';
import { memoryStore } from '../../../src/adapters/stores/memory/memory-store.js';
import type { AccountRecord } from '../../../src/domain/account-record.js';
import { keep } from '../../../src/domain/record-change.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { toPromiseStore } from '../../contracts/to-promise-store.js';

const fails = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('the token is abc'), { code: 'ECONNRESET' }));

const failing: PromiseTokenStore = {
  namespace: 'billing',
  open: fails,
  read: fails,
  update: fails,
  page: fails,
  claimDue: fails,
  releaseClaims: fails,
  putPending: fails,
  pendings: fails,
  readNote: fails,
  updatePending: fails,
  updateNote: fails,
  backup: fails,
  close: fails,
};

const pending = { id: 'id', key: 'tray/1', incarnation: 'one', expiresAt: 1, sealed: 'text' };

const operations: {
  readonly [Name in Exclude<keyof TokenStore, 'namespace' | 'warnings' | 'trouble'>]: (store: TokenStore) => unknown;
} = {
  open: ({ open }) => open(),
  read: ({ read }) => read('tray/1')(),
  update: ({ update }) => update('tray/1', () => keep(1))(),
  page: ({ page }) => page({ limit: 1 })(),
  claimDue: ({ claimDue }) =>
    claimDue({
      provider: 'tray',
      nowMs: 1,
      limit: 1,
      keepWarm: true,
      untilMs: 2,
      latestNotBeforeMs: 9,
      latestDatedMs: 9,
    })(),
  releaseClaims: ({ releaseClaims }) => releaseClaims([])(),
  putPending: ({ putPending }) => putPending(pending, 1)(),
  pendings: ({ pendings }) => pendings({ limit: 1 })(),
  readNote: ({ readNote }) => readNote('note')(),
  updatePending: ({ updatePending }) => updatePending('id', (found) => ({ pending: found, result: 1 }))(),
  updateNote: ({ updateNote }) => updateNote('note', (text) => ({ text, result: 1 }))(),
  backup: ({ backup }) => backup?.('/backups/llavero.db')(),
  close: ({ close }) => close(),
};

describe('fromPromiseStore', () => {
  it.each(Object.entries(operations))('makes a rejection of %s a failure with its code', async (operation, run) => {
    expect(await run(fromPromiseStore(failing))).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailure', operation, why: 'ECONNRESET' },
    });
  });

  it('names the class of an error without a plain code, and never its message', async () => {
    const store = fromPromiseStore({ ...failing, read: () => Promise.reject(new RangeError('the token is abc')) });
    expect(JSON.stringify(await store.read('tray/1')())).toBe(
      '{"_tag":"Left","left":{"_tag":"StoreFailure","operation":"read","why":"RangeError"}}',
    );
  });

  it('takes a throw for a rejection', async () => {
    const throws = (): Promise<AccountRecord> => {
      throw new RangeError('the token is abc');
    };
    expect(await fromPromiseStore({ ...failing, read: throws }).read('tray/1')()).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailure', operation: 'read', why: 'RangeError' },
    });
  });

  it('calls the members of an instance on the instance', async () => {
    class MyStore implements PromiseTokenStore {
      readonly namespace = 'billing';
      readonly open = fails;
      readonly update = fails;
      readonly page = fails;
      readonly claimDue = fails;
      readonly releaseClaims = fails;
      readonly putPending = fails;
      readonly pendings = fails;
      readonly readNote = fails;
      readonly updatePending = fails;
      readonly updateNote = fails;
      readonly close = fails;
      readonly #accounts = new Map<string, AccountRecord>();

      async read(key: string): Promise<AccountRecord | undefined> {
        return this.#accounts.get(key);
      }
    }
    const store = fromPromiseStore(new MyStore());
    expect(await store.read('tray/1')()).toEqual({ _tag: 'Right', right: undefined });
  });

  it('reads a note by a change that changes nothing where the store has no readNote', async () => {
    const { readNote: _absent, ...without } = toPromiseStore(memoryStore());
    const store = fromPromiseStore(without);
    expect(await store.readNote('note')()).toEqual({ _tag: 'Right', right: undefined });
    await store.updateNote('note', () => ({ text: 'written', result: undefined }))();
    expect(await store.readNote('note')()).toEqual({ _tag: 'Right', right: 'written' });
  });

  it('tells the trouble of the store it wraps, where that tells any', () => {
    expect(fromPromiseStore({ ...failing, trouble: () => 'file_replaced' }).trouble?.()).toBe('file_replaced');
    expect(fromPromiseStore(failing).trouble).toBeUndefined();
  });

  it('has the namespace of the store it wraps', () => {
    expect(fromPromiseStore(toPromiseStore(memoryStore({ namespace: 'billing' }))).namespace).toBe('billing');
  });
});
