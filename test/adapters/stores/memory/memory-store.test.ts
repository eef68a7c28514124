import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../../src/adapters/stores/memory/memory-store.js';
import { put } from '../../../../src/domain/record-change.js';
import { bareRecord, fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';

describe('memoryStore', () => {
  it('stays usable for one llavero when another one that shares it closes', async () => {
    const shared = memoryStore();
    await succeeds(shared.open);
    await putRecord(shared, fullRecord());
    await succeeds(shared.close);
    expect(await succeeds(shared.read('tray/391250'))).toEqual(fullRecord());
    await putRecord(shared, bareRecord());
    expect(await succeeds(shared.read('tray/391250'))).toEqual(bareRecord());
  });

  it('shares nothing between two stores of the same namespace', async () => {
    await putRecord(memoryStore(), fullRecord());
    expect(await succeeds(memoryStore().read('tray/391250'))).toBeUndefined();
  });

  it('keeps what was put, whatever is done to that object later', async () => {
    const store = memoryStore();
    const attempt = { ...fullRecord().attempt };
    const record = { ...fullRecord(), attempt };
    await succeeds(store.update(record.key, () => put(record, undefined)));
    attempt.owner = 'somebody else';
    record.generation = 99;
    expect(await succeeds(store.read(record.key))).toEqual(fullRecord());
  });

  it('hands out frozen records', async () => {
    const store = memoryStore();
    await putRecord(store, fullRecord());
    const found = await succeeds(store.read('tray/391250'));
    expect([found, found?.attempt, found?.failure].map((value) => Object.isFrozen(value))).toEqual([true, true, true]);
  });

  it('does nothing before its task is run', async () => {
    const store = memoryStore();
    const update = store.update('tray/1', () => put(bareRecord('tray/1'), 1));
    expect(await succeeds(store.page({ limit: 1 }))).toEqual([]);
    await succeeds(update);
    expect(await succeeds(store.page({ limit: 1 }))).toEqual([bareRecord('tray/1')]);
  });

  it('tells its namespace, and throws a TypeError for one that cannot be', () => {
    expect(memoryStore().namespace).toBe('llavero');
    expect(memoryStore({ namespace: 'billing' }).namespace).toBe('billing');
    expect(() => memoryStore({ namespace: '' })).toThrow(TypeError);
    expect(() => memoryStore({ namespace: '' })).toThrow(/namespace: 'billing'/);
  });
});
