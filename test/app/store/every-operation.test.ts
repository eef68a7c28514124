import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { keep } from '../../../src/domain/record-change.js';
import { guardedStore } from '../../../src/app/store/guarded-adapters.js';
import type { StoreFailure, TokenStore } from '../../../src/ports/token-store.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';

const never = (): Promise<never> => new Promise(() => undefined);

const hanging: TokenStore = {
  namespace: 'default',
  open: never,
  read: () => never,
  update: () => never,
  page: () => never,
  claimDue: () => never,
  releaseClaims: () => never,
  putPending: () => never,
  updatePending: () => never,
  pendings: () => never,
  readNote: () => never,
  updateNote: () => never,
  backup: () => never,
  close: never,
};

type Operation = Exclude<keyof TokenStore, 'namespace' | 'warnings' | 'trouble'>;
type Call = (store: TokenStore) => (() => Promise<E.Either<StoreFailure, unknown>>) | undefined;

const claims = {
  provider: 'p',
  nowMs: 0,
  limit: 1,
  keepWarm: false,
  untilMs: 1,
  latestNotBeforeMs: 1,
  latestDatedMs: 1,
};
const pending = { id: 'i', key: 'p/a', incarnation: 'n', sealed: 's', expiresAt: 1 };

/** A row for every operation of the port: one that is added does not compile without its own. */
const calls: Readonly<Record<Operation, Call>> = {
  open: ({ open }) => open,
  read: ({ read }) => read('p/a'),
  update: ({ update }) => update('p/a', () => keep(undefined)),
  page: ({ page }) => page({ limit: 1 }),
  claimDue: ({ claimDue }) => claimDue(claims),
  releaseClaims: ({ releaseClaims }) => releaseClaims([]),
  putPending: ({ putPending }) => putPending(pending, 0),
  updatePending: ({ updatePending }) => updatePending('i', (found) => ({ pending: found, result: undefined })),
  pendings: ({ pendings }) => pendings({ limit: 1 }),
  readNote: ({ readNote }) => readNote('n'),
  updateNote: ({ updateNote }) => updateNote('n', (text) => ({ text, result: undefined })),
  backup: ({ backup }) => backup?.('copy.db'),
  close: ({ close }) => close,
};

/** What a call comes to once so much time has passed; `waiting` when it has not ended by then. */
const afterMs = async (ms: number, call: Call): Promise<unknown> => {
  const clock = fakeClock();
  const task = call(guardedStore(hanging, clock, 1_000));
  let ended: unknown = 'waiting';
  void task?.().then((result) => {
    ended = result;
  });
  await clock.advance(ms);
  return ended;
};

describe('an operation of a store that never answers', () => {
  const { backup: copying, ...bounded } = calls;

  it.each(Object.entries(bounded))('is a failure once its time is over: %s', async (operation, call) => {
    expect(await afterMs(999, call)).toBe('waiting');
    expect(await afterMs(1_000, call)).toEqual(E.left({ _tag: 'StoreFailure', operation, why: 'timeout' }));
  });

  it('is waited for when it copies the store, since a large one takes minutes', async () => {
    expect(await afterMs(3_600_000, copying)).toBe('waiting');
  });

  it('is one of those that a store has', () => {
    const operations = Object.entries(memoryStore()).filter(([, part]) => typeof part === 'function');
    expect(operations.map(([name]) => name).filter((name) => !(name in calls))).toEqual([]);
  });
});
