import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import type { AccountRecord } from '../../src/domain/account-record.js';
import type { PendingAuthorization } from '../../src/domain/pending-authorization.js';
import { keep, put, type Change, type RecordChange } from '../../src/domain/record-change.js';
import { isUnreadable, type ListedPending } from '../../src/domain/unreadable-record.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { storeContractChecks } from '../../src/testing/store-contract/store-contract.js';
import { succeeds, type StoreHarness } from '../../src/testing/store-contract/harness.js';

const arrival = (pending: ListedPending): number => (isUnreadable(pending) ? 0 : pending.expiresAt);

/** A handle on `store` that has one thing wrong with it. */
type Bug = (store: TokenStore) => Partial<TokenStore>;

const harnessWith = (bug: Bug): StoreHarness => {
  const store = memoryStore();
  const open = async (): Promise<TokenStore> => ({ ...store, ...bug(store) });
  return {
    open,
    openNamespace: async (namespace) => ({ ...memoryStore({ namespace }), ...bug(memoryStore({ namespace })) }),
    dispose: async () => undefined,
  };
};

const brokenLaws = async (makeHarness: () => StoreHarness): Promise<readonly string[]> => {
  const broken: string[] = [];
  for (const { name, run } of storeContractChecks) {
    await run(makeHarness()).catch(() => broken.push(name));
  }
  return broken;
};

const onPut =
  (alter: (record: AccountRecord, before: AccountRecord | undefined) => AccountRecord): Bug =>
  (store) => ({
    update: (key, change) =>
      store.update(key, (current, now) => {
        const decided = change(current, now);
        return decided._tag === 'Put' ? put(alter(decided.record, current), decided.result) : decided;
      }),
  });

const apart = async <A>(store: TokenStore, key: string, change: RecordChange<A>): Promise<A> => {
  const current = await succeeds(store.read(key));
  const decided: Change<A> = change(current, undefined);
  return succeeds(store.update(key, () => decided));
};

const withKeys =
  (rename: (key: string) => string): Bug =>
  (store) => ({
    read: (key) => store.read(rename(key)),
    update: (key, change) => store.update(rename(key), change),
  });

const onPending =
  (alter: (pending: PendingAuthorization, before: PendingAuthorization | undefined) => PendingAuthorization): Bug =>
  (store) => ({
    updatePending: (id, change) =>
      store.updatePending(id, (current) => {
        const { pending, result } = change(current);
        return { pending: pending && alter(pending, current), result };
      }),
  });

const everything = { limit: 100_000 } as const;

const bugs: readonly (readonly [bug: string, law: string, make: Bug])[] = [
  [
    'reads and writes apart from each other',
    'loses none of two hundred changes of one record at once',
    (store) => ({ update: (key, change) => TE.fromTask(() => apart(store, key, change)) }),
  ],
  [
    'writes although the change keeps',
    'writes nothing for a change that keeps',
    (store) => ({
      update: (key, change) =>
        store.update(key, (current, now) => {
          const decided = change(current, now);
          return decided._tag === 'Keep' ? { _tag: 'Drop', result: decided.result } : decided;
        }),
    }),
  ],
  [
    'loses a field of the failure',
    'brings every field back as it was put, each optional one present and absent',
    onPut((record) => ({ ...record, failure: record.failure && { ...record.failure, clients: undefined } })),
  ],
  [
    'keeps the fields of before that are absent now',
    'brings every field back as it was put, each optional one present and absent',
    onPut((record, before) => ({ ...record, token: record.token ?? before?.token })),
  ],
  [
    'keeps times to the second',
    'keeps times to the millisecond, from 1970 to the last one a Date can hold',
    onPut((record) => ({ ...record, warmAt: record.warmAt && Math.floor(record.warmAt / 1_000) * 1_000 })),
  ],
  [
    'cuts long texts off',
    'keeps sealed texts of a mebibyte',
    onPut((record) => ({ ...record, token: record.token?.slice(0, 65_535) })),
  ],
  [
    'takes keys without regard to case',
    'tells keys apart that differ in case, accents, spaces or wildcards',
    withKeys((key) => key.toLowerCase()),
  ],
  [
    'takes keys without regard to how accents are written',
    'tells keys apart that differ in case, accents, spaces or wildcards',
    withKeys((key) => key.normalize('NFC')),
  ],
  ['trims keys', 'tells keys apart that differ in case, accents, spaces or wildcards', withKeys((key) => key.trim())],
  [
    'cuts long keys off',
    'pages in the order of the UTF-8 bytes of the keys, each key once',
    onPut((record) => ({ ...record, key: record.key.slice(0, 255) })),
  ],
  [
    "gives a change the server's time in seconds",
    "tells a change the time of the store's own server, or undefined",
    (store) => ({ update: (key, change) => store.update(key, (current) => change(current, 1_800_000_000)) }),
  ],
  [
    'drops a record whose change throws',
    'leaves the record alone and ends Left when a change throws, and goes on working',
    (store) => ({
      update: (key, change) =>
        pipe(
          store.update(key, change),
          TE.orElse((failure) =>
            pipe(
              store.update(key, () => ({ _tag: 'Drop', result: undefined })),
              TE.flatMap(() => TE.left(failure)),
            ),
          ),
        ),
    }),
  ],
  [
    'pages in the order of UTF-16 units',
    'pages in the order of the UTF-8 bytes of the keys, each key once',
    (store) => ({
      page: ({ limit, after = '', provider }) =>
        pipe(
          store.page({ ...everything, provider }),
          TE.map((records) =>
            records
              .filter(({ key }) => key > after)
              .toSorted((one, other) => (one.key < other.key ? -1 : 1))
              .slice(0, limit),
          ),
        ),
    }),
  ],
  [
    'pages from a key on, not after it',
    'pages on after a key that is not there',
    (store) => ({ page: ({ after, ...query }) => store.page({ ...query, after: after?.slice(0, -1) }) }),
  ],
  [
    'takes a provider for every provider that starts with its name',
    'pages the accounts of one provider only when asked to',
    (store) => ({
      page: ({ provider = '', ...query }) =>
        pipe(
          store.page({ ...query, ...everything }),
          TE.map((records) => records.filter((record) => record.provider.startsWith(provider)).slice(0, query.limit)),
        ),
    }),
  ],
  [
    'gives what is due in the order of keys',
    'gives refresh tokens that are due, the most overdue first',
    (store) => ({
      claimDue: (query) =>
        pipe(
          store.claimDue(query),
          TE.map((records) => records.toSorted((one, other) => (one.key < other.key ? -1 : 1))),
        ),
    }),
  ],
  [
    'cuts the list of what is due off before it is sorted',
    'gives refresh tokens that are due, the most overdue first',
    (store) => ({
      claimDue: (query) =>
        pipe(
          store.claimDue({ ...query, ...everything }),
          TE.map((records) => records.toReversed().slice(0, query.limit).toReversed()),
        ),
    }),
  ],
  [
    'keeps everything warm',
    'gives refresh tokens that are due, the most overdue first',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, keepWarm: true }) }),
  ],
  [
    'keeps nothing warm',
    'gives access tokens that are due too when they are kept warm, each account once by the earlier of its times',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, keepWarm: false }) }),
  ],
  [
    'sweeps one provider whatever it is asked',
    'gives what is due of one provider only',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, provider: 'tray' }) }),
  ],
  [
    'claims nothing',
    'gives each due account to one of twenty who claim at once',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, untilMs: 0 }) }),
  ],
  [
    'claims in one list and reads in another',
    'gives each due account to one of twenty who claim at once',
    (store) => ({
      claimDue: (query) =>
        pipe(
          store.claimDue({ ...query, untilMs: 0 }),
          TE.flatMap((found) =>
            pipe(
              store.claimDue(query),
              TE.map(() => found),
            ),
          ),
        ),
    }),
  ],
  [
    'passes over nothing',
    'gives no account before its sweepNotBefore, and puts it in its place by that',
    (store) => ({
      update: (key, change) =>
        store.update(key, (current, now) => {
          const decided = change(current, now);
          return decided._tag === 'Put' ? put({ ...decided.record, sweepNotBefore: 0 }, decided.result) : decided;
        }),
    }),
  ],
  [
    'goes by whatever a clock that was set back has left',
    'takes a sweepNotBefore that is later than any may be for none',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, latestNotBeforeMs: Infinity }) }),
  ],
  [
    'believes every date',
    'gives what a clock that was set back has dated ahead, due or not, and no account that is never due',
    (store) => ({ claimDue: (query) => store.claimDue({ ...query, latestDatedMs: Infinity }) }),
  ],
  [
    'lets go of claims that are not those it was given',
    'lets go of claims, at once or until the time it is told, unless somebody has changed them since',
    (store) => ({
      releaseClaims: (releases) =>
        TE.fromTask(async () => {
          for (const { key, notBeforeMs } of releases) {
            await succeeds(
              store.update(key, (current) =>
                current === undefined ? keep(undefined) : put({ ...current, sweepNotBefore: notBeforeMs }, undefined),
              ),
            );
          }
        }),
    }),
  ],
  [
    'takes a pending authorization by looking first and deleting later',
    'gives a pending authorization to one of fifty who take it at once',
    (store) => ({
      updatePending: (id, change) =>
        pipe(
          store.updatePending(id, (current) => ({ pending: current, result: change(current) })),
          TE.flatMap((decided) => store.updatePending(id, () => decided)),
        ),
    }),
  ],
  [
    'changes a pending authorization that it has read some time before',
    'loses none of a hundred changes of one pending authorization at once',
    (store) => ({
      updatePending: (id, change) =>
        pipe(
          store.updatePending(id, (current) => ({ pending: current, result: change(current) })),
          TE.flatMap((decided) => store.updatePending(id, () => decided)),
        ),
    }),
  ],
  [
    'loses the delivery of a pending authorization',
    'keeps what a change makes of a pending authorization, its delivery present and absent',
    onPending(({ delivery: _delivery, ...pending }) => pending),
  ],
  [
    'keeps the delivery of a pending authorization that was opened again',
    'keeps what a change makes of a pending authorization, its delivery present and absent',
    onPending((pending, before) => ({ ...pending, delivery: pending.delivery ?? before?.delivery })),
  ],
  [
    'forgets a pending authorization whose change throws',
    'leaves a pending authorization alone and ends Left when a change throws, and goes on working',
    (store) => ({
      updatePending: (id, change) =>
        pipe(
          store.updatePending(id, change),
          TE.orElse((failure) =>
            pipe(
              store.updatePending(id, () => ({ pending: undefined, result: undefined })),
              TE.flatMap(() => TE.left(failure)),
            ),
          ),
        ),
    }),
  ],
  [
    'hands a pending authorization out again and again',
    'hands a pending authorization out as it was put, and once',
    (store) => ({
      updatePending: (id, change) =>
        store.updatePending(id, (current) => {
          const { pending = current, result } = change(current);
          return { pending, result };
        }),
    }),
  ],
  [
    'pages pending authorizations as they came',
    'pages pending authorizations in the order of the bytes of their ids, each once and whole',
    (store) => ({
      pendings: ({ limit, after = '' }) =>
        pipe(
          store.pendings({ limit: 1_000 }),
          TE.map((all) =>
            all
              .filter(({ id }) => id > after)
              .toSorted((one, other) => arrival(one) - arrival(other))
              .slice(0, limit),
          ),
        ),
    }),
  ],
  [
    'keeps expired authorizations',
    'forgets what has expired when another one is put, and nothing else',
    (store) => ({ putPending: (pending) => store.putPending(pending, 0) }),
  ],
  [
    'forgets authorizations a moment early',
    'forgets what has expired when another one is put, and nothing else',
    (store) => ({ putPending: (pending, nowMs) => store.putPending(pending, nowMs + 1) }),
  ],
  [
    'takes an empty note for none',
    'keeps notes by their names',
    (store) => ({
      updateNote: (name, change) => store.updateNote(name, (text) => change(text === '' ? undefined : text)),
    }),
  ],
  [
    'never forgets a note',
    'forgets a note whose text becomes undefined',
    (store) => ({
      updateNote: (name, change) =>
        store.updateNote(name, (before) => {
          const { text = before, result } = change(before);
          return { text, result };
        }),
    }),
  ],
  [
    'reads notes from a cache of its own',
    'reads a note as the last change of any handle left it',
    (store) => {
      const seen = new Map<string, string | undefined>();
      return {
        readNote: (name) =>
          seen.has(name)
            ? TE.right(seen.get(name))
            : pipe(
                store.readNote(name),
                TE.tapIO((text) => () => void seen.set(name, text)),
              ),
      };
    },
  ],
  [
    'makes an empty note of an absent one that its change leaves alone',
    'leaves a note as it is, and an absent one absent, when its change gives the text it was shown',
    (store) => ({
      updateNote: (name, change) =>
        store.updateNote(name, (before) => {
          const { text, result } = change(before);
          return { text: text ?? '', result };
        }),
    }),
  ],
  [
    'reads a note and writes it later',
    'loses none of a hundred changes of one note at once',
    (store) => ({
      updateNote: (name, change) =>
        pipe(
          store.updateNote(name, (text) => ({ text, result: change(text) })),
          TE.flatMap((decided) => store.updateNote(name, () => decided)),
        ),
    }),
  ],
  [
    'reads from a cache of its own',
    'shows every handle at once what another one wrote',
    (store) => {
      const seen = new Map<string, AccountRecord>();
      return {
        read: (key) =>
          pipe(
            TE.right(seen.get(key)),
            TE.flatMap((known) => (known === undefined ? store.read(key) : TE.right(known))),
            TE.tapIO((found) => () => (found === undefined ? undefined : void seen.set(key, found))),
          ),
      };
    },
  ],
  [
    'turns away what was in flight when it closes',
    'finishes what is in flight before it has closed',
    (store) => {
      let closed = false;
      return {
        update: (key, change) =>
          pipe(
            store.read(key),
            TE.flatMap(() =>
              closed
                ? TE.left({ _tag: 'StoreFailure', operation: 'update', why: 'closed' } as const)
                : store.update(key, change),
            ),
          ),
        close: TE.fromIO(() => void (closed = true)),
      };
    },
  ],
  [
    'fails the second time it is closed',
    'can be closed twice',
    () => {
      let closed = false;
      return {
        close: async () => {
          const outcome = closed
            ? TE.left({ _tag: 'StoreFailure', operation: 'close', why: 'closed' } as const)
            : TE.right(undefined);
          closed = true;
          return outcome();
        },
      };
    },
  ],
];

describe('the store contract', () => {
  it('holds for a store without bugs', async () => {
    expect(await brokenLaws(() => harnessWith(() => ({})))).toEqual([]);
  });

  it.each(bugs)('catches a store that %s', async (_bug, law, make) => {
    expect(await brokenLaws(() => harnessWith(make))).toContain(law);
  });

  it('catches a store that forgets everything when it is closed', async () => {
    const forgetful = (): StoreHarness => ({ open: async () => memoryStore(), dispose: async () => undefined });
    expect(await brokenLaws(forgetful)).toContain(
      'has everything still when every handle was closed and another is opened',
    );
  });

  it('catches a store whose namespaces share their data', async () => {
    const shared = (): StoreHarness => {
      const store = memoryStore();
      return {
        open: async () => store,
        openNamespace: async (namespace) => ({ ...store, namespace }),
        dispose: async () => undefined,
      };
    };
    expect(await brokenLaws(shared)).toEqual(['shows one namespace nothing of another on the same data']);
  });
});
