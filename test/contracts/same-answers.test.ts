import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import { drop, keep, put } from '../../src/domain/record-change.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { bareRecord, recordVariants, sameValue } from '../../src/testing/store-contract/sample-record.js';
import { succeeds, takeOut } from '../../src/testing/store-contract/harness.js';
import { sqlitePathHarness } from './sqlite-harness.js';

const keys = ['tray/1', 'tray/2', 'tray/\ufb00', 'tray/😀', 'centry/1', 'centry/😀'];
const key = fc.constantFrom(...keys);
const latest = fc.constantFrom(3, 9);
const owned = fc.constantFrom('tray', 'centry');
const provider = fc.option(owned, { nil: undefined });
const ms = fc.integer({ min: 0, max: 5 });
const moment = fc.option(ms, { nil: undefined });
const limit = fc.integer({ min: 1, max: 4 });
const id = fc.constantFrom('one', 'two', 'three');

/** Something to do to a store, and what it answered. */
type Command = (store: TokenStore) => Promise<unknown>;

const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({
      key,
      variant: fc.nat(recordVariants().length - 1),
      warmAt: moment,
      keepAliveAt: moment,
      sweepNotBefore: moment,
      obtainedAt: moment,
    })
    .map(({ key: name, variant, ...times }): Command => (store) => {
      const record = { ...bareRecord(name), ...recordVariants(name)[variant], ...times };
      return succeeds(store.update(name, (current) => put(record, current)));
    }),
  key.map(
    (name): Command =>
      (store) =>
        succeeds(store.update(name, (current) => drop(current))),
  ),
  key.map(
    (name): Command =>
      (store) =>
        succeeds(store.update(name, (current) => keep(current))),
  ),
  key.map(
    (name): Command =>
      (store) =>
        succeeds(store.read(name)),
  ),
  fc.record({ limit, provider, after: fc.option(key, { nil: undefined }) }).map(
    (query): Command =>
      (store) =>
        succeeds(store.page(query)),
  ),
  fc
    .record({
      nowMs: ms,
      limit,
      provider: owned,
      keepWarm: fc.boolean(),
      untilMs: ms,
      latestNotBeforeMs: latest,
      latestDatedMs: ms,
    })
    .map(
      (query): Command =>
        (store) =>
          succeeds(store.claimDue(query)),
    ),
  fc.array(fc.record({ key, claimedUntilMs: ms, notBeforeMs: moment })).map(
    (releases): Command =>
      (store) =>
        succeeds(store.releaseClaims(releases)),
  ),
  fc.record({ id, expiresAt: ms, nowMs: ms }).map(
    ({ nowMs, ...fields }): Command =>
      (store) =>
        succeeds(store.putPending({ ...fields, key: 'tray/1', incarnation: 'one', sealed: 'text' }, nowMs)),
  ),
  fc
    .record({ id, delivery: fc.option(fc.record({ id, endsAt: ms, completed: fc.boolean() }), { nil: undefined }) })
    .map(
      ({ id: changed, delivery }): Command =>
        (store) =>
          succeeds(
            store.updatePending(changed, (current) => ({
              pending: current && { ...current, delivery },
              result: current,
            })),
          ),
    ),
  id.map(
    (taken): Command =>
      (store) =>
        takeOut(store, taken),
  ),
  fc.record({ limit, after: fc.option(id, { nil: undefined }) }).map(
    (query): Command =>
      (store) =>
        succeeds(store.pendings(query)),
  ),
  id.map(
    (name): Command =>
      (store) =>
        succeeds(store.readNote(name)),
  ),
  fc.record({ name: id, text: fc.option(fc.string(), { nil: undefined }) }).map(
    ({ name, text }): Command =>
      (store) =>
        succeeds(store.updateNote(name, (before) => ({ text, result: before }))),
  ),
);

describe('sqliteStore and memoryStore', () => {
  it('give the same answers to the same questions', async () => {
    const property = fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      const harness = await sqlitePathHarness();
      try {
        const [sqlite, memory] = [await harness.open(), memoryStore()];
        for (const run of commands) sameValue(await run(sqlite), await run(memory));
      } finally {
        await harness.dispose();
      }
    });
    await expect(fc.assert(property, { numRuns: 60 })).resolves.toBeUndefined();
  });
});
