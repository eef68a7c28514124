import { left, right } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/adapters/stores/memory/memory-store.js';
import {
  claimForMs,
  longestPage,
  makeDueAccounts,
  type ClaimedAccount,
  type DueAccounts,
} from '../../../src/app/sweeping/due-accounts.js';
import type { Ending } from '../../../src/app/sweeping/sweep-outcome.js';
import { tokenError } from '../../../src/domain/token-error.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { bareRecord } from '../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../src/testing/store-contract/harness.js';

const down = tokenError('StoreFailed', { operation: 'claimDue', why: 'SCRIPTED' });
const freed: Ending = { outcome: 'skipped', waitMs: 0 };

/** Accounts that are all due, the first longest, and what their store is asked, with the turns that are let go between. */
const dueStore = async (count: number) => {
  const clock = fakeClock();
  const store = memoryStore();
  const keys = Array.from({ length: count }, (_, index) => `tray/${index}`);
  for (const [index, key] of keys.entries()) await putRecord(store, { ...bareRecord(key), keepAliveAt: index });
  const asked: string[] = [];
  const accounts = (fraction: () => number = () => 0, firstPage = longestPage): DueAccounts =>
    makeDueAccounts({
      claim: (query) => {
        asked.push(`claim ${query.limit}`);
        return TE.mapLeft(() => down)(store.claimDue({ ...query, provider: 'tray', keepWarm: false }));
      },
      release: (releases) => {
        asked.push(`release ${releases.length}`);
        return store.releaseClaims(releases);
      },
      clock,
      yieldTurn: async () => void asked.push('yield'),
      firstPage,
      fraction,
    });
  return { clock, store, keys, asked, accounts };
};

const nextOf = async (accounts: DueAccounts, most = Infinity): Promise<ClaimedAccount | undefined> => {
  const next = await accounts.next(most);
  if (next._tag === 'Left') throw new Error(next.left._tag);
  return next.right;
};

const drain = async (accounts: DueAccounts, ending: Ending, most?: number): Promise<readonly string[]> => {
  const keys: string[] = [];
  for (let next = await nextOf(accounts, most); next !== undefined; next = await nextOf(accounts, most)) {
    keys.push(next.found.key);
    accounts.done(next, ending);
  }
  return keys;
};

const notBefore = async (store: TokenStore, key: string): Promise<number | undefined> =>
  (await succeeds(store.read(key)))?.sweepNotBefore;

describe('the due accounts', () => {
  it('come a bounded page at a time, each once although they stay due, and let others have a turn between pages', async () => {
    const { keys, asked, accounts } = await dueStore(120);
    const due = accounts();
    expect(await drain(due, freed)).toEqual(keys);
    expect(longestPage).toBe(50);
    expect(asked).toEqual(['claim 50', 'yield', 'claim 50', 'yield', 'claim 50']);
    expect(due.ended()).toBe(true);
  });

  it('come in pages that grow, so that a few are shared by all who sweep', async () => {
    const { asked, accounts } = await dueStore(200);
    await drain(
      accounts(() => 0, 16),
      freed,
    );
    expect(asked.filter((one) => one !== 'yield')).toEqual([16, 32, 50, 50, 50, 50].map((limit) => `claim ${limit}`));
  });

  it('are claimed as many at a time as there is room for', async () => {
    const { asked, accounts } = await dueStore(7);
    await drain(accounts(), freed, 3);
    expect(asked.filter((one) => one !== 'yield')).toEqual(['claim 3', 'claim 3', 'claim 3']);
  });

  it('are given to no other sweep while the claim lasts, and to another once it is over', async () => {
    const { clock, keys, accounts } = await dueStore(5);
    expect(await drain(accounts(), freed)).toEqual(keys);
    expect(await drain(accounts(), freed)).toEqual([]);
    await clock.advance(claimForMs - 1);
    expect(await drain(accounts(), freed)).toEqual([]);
    await clock.advance(1);
    expect(await drain(accounts(), freed)).toEqual(keys);
  });

  it('are passed over in one write a page, and are not given before their time', async () => {
    const { clock, store, asked, accounts } = await dueStore(70);
    const due = accounts();
    await drain(due, { outcome: 'cooling_down', waitMs: 1_000.5 });
    await due.giveBack();
    expect(asked).toEqual(['claim 50', 'yield', 'release 50', 'claim 50', 'release 20']);
    expect(await notBefore(store, 'tray/0')).toBe(clock.nowMs() + 1_001);
    await clock.advance(1_000);
    expect(await drain(accounts(), freed)).toEqual([]);
    await clock.advance(1);
    expect(await drain(accounts(), freed)).toHaveLength(70);
  });

  it('are free again at the end where no time was named, those that nobody asked for too', async () => {
    const { store, keys, asked, accounts } = await dueStore(5);
    const due = accounts();
    const first = await nextOf(due);
    if (first !== undefined) due.done(first, freed);
    expect(await notBefore(store, 'tray/0')).toBeGreaterThan(0);
    expect(due.ahead()).toBe(4);
    await due.giveBack();
    expect(asked).toEqual(['claim 50', 'release 5']);
    expect(due.ahead()).toBe(0);
    expect(await drain(accounts(), freed)).toEqual(keys);
  });

  it('are left alone where a token was committed', async () => {
    const { asked, accounts } = await dueStore(3);
    const due = accounts();
    await drain(due, { outcome: 'renewed', waitMs: 0 });
    await due.giveBack();
    expect(asked).toEqual(['claim 50']);
  });

  it('come in an order of each sweeper’s own', async () => {
    const { accounts } = await dueStore(4);
    const fractions = [0.9, 0.1, 0.8, 0.2];
    expect(
      await drain(
        accounts(() => fractions.shift() ?? 0),
        freed,
      ),
    ).toEqual(['tray/1', 'tray/3', 'tray/2', 'tray/0']);
  });

  it('are claimed once for all who ask at the same time', async () => {
    const { asked, accounts } = await dueStore(3);
    const due = accounts();
    const all = await Promise.all([nextOf(due), nextOf(due), nextOf(due)]);
    expect(all.map((claimed) => claimed?.found.key)).toEqual(['tray/0', 'tray/1', 'tray/2']);
    expect(asked).toEqual(['claim 50']);
  });

  it('may be any number as long as the store has not come to its end', async () => {
    const { accounts } = await dueStore(3);
    const due = accounts();
    expect(due.atMostLeft()).toBe(Infinity);
    await nextOf(due);
    expect([due.atMostLeft(), due.ended()]).toEqual([2, false]);
  });

  it('end with a store that fails, for everybody who asked', async () => {
    let claims = 0;
    const due = makeDueAccounts({
      claim: () => {
        claims += 1;
        return TE.left(down);
      },
      release: () => TE.right(undefined),
      clock: fakeClock(),
      yieldTurn: async () => undefined,
      firstPage: 1,
      fraction: () => 0,
    });
    expect(await Promise.all([due.next(1), due.next(1)])).toEqual([left(down), left(down)]);
    expect(await due.next(1)).toEqual(right(undefined));
    expect(claims).toBe(1);
    expect(due.ended()).toBe(true);
  });
});
