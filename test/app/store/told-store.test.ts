import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { toldStore } from '../../../src/app/store/told-store.js';
import type { LlaveroEvent } from '../../../src/domain/llavero-event.js';
import { keep } from '../../../src/domain/record-change.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';

const scene = (parts: Partial<TokenStore> = {}) => {
  const clock = fakeClock();
  const events: LlaveroEvent[] = [];
  const trouble: { why: string | undefined } = { why: undefined };
  const inner = memoryStore();
  const store = toldStore(
    {
      ...inner,
      update: (key, change) => async () =>
        trouble.why === undefined
          ? inner.update(key, change)()
          : left({ _tag: 'StoreFailure', operation: 'update', why: trouble.why }),
      ...parts,
    },
    { emit: (event) => events.push(event) },
    clock,
  );
  const write = async (why?: string): Promise<void> => {
    trouble.why = why;
    await store.update('tray/1', () => keep(undefined))();
  };
  return { clock, store, events, write };
};

describe('the events of a store', () => {
  it('tell once that it is not the store that was opened, and again when that happens again', async () => {
    const { clock, events, write } = scene();
    const at = new Date(clock.nowMs());
    for (const why of ['file_replaced', 'file_replaced', 'SQLITE_BUSY', 'file_replaced']) await write(why);
    expect(events).toEqual([{ type: 'store_replaced', key: '*', at, why: 'file_replaced' }]);
    await write();
    await write('file_replaced');
    expect(events).toHaveLength(2);
  });

  it('tell once what readings notice, though readings go on, and not what writes have told', async () => {
    const { events, store, write } = scene({ trouble: () => 'file_replaced' });
    const readings = [
      store.read('tray/1'),
      store.page({ limit: 1 }),
      store.pendings({ limit: 1 }),
      store.readNote('n'),
    ];
    const [first] = readings;
    expect(await first?.()).toEqual(right(undefined));
    expect(events).toMatchObject([{ type: 'store_replaced', why: 'file_replaced' }]);
    await write('file_replaced');
    expect(events).toHaveLength(1);
    for (const reading of readings) {
      await write();
      await reading();
    }
    expect(events).toHaveLength(5);
  });

  it('tell nothing of other failures', async () => {
    const { events, write } = scene();
    for (const why of ['SQLITE_FULL', 'closed', 'timeout']) await write(why);
    expect(events).toEqual([]);
  });

  it('tell of every warning when it is opened, and of none when it is not', async () => {
    const warnings = (): readonly ['network_file_system'] => ['network_file_system'];
    const good = scene({ warnings, open: async () => right(undefined) });
    await good.store.open();
    expect(good.events).toMatchObject([{ type: 'store_warning', key: '*', warning: 'network_file_system' }]);
    const bad = scene({
      warnings,
      open: async () => left({ _tag: 'StoreFailure', operation: 'open', why: 'file_linked' }),
    });
    await bad.store.open();
    expect(bad.events).toMatchObject([{ type: 'store_replaced', why: 'file_linked' }]);
  });
});
