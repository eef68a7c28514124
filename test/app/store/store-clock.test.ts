import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeClientPauses } from '../../../src/app/accounts/client-pauses.js';
import { makeStoreClock, timedStore } from '../../../src/app/store/store-clock.js';
import { formatClientHealth, healthy, type ClientHealth } from '../../../src/domain/client-health.js';
import { keep } from '../../../src/domain/record-change.js';
import { defaultRefreshPolicy } from '../../../src/domain/refresh-policy.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { failureWith, recordWith } from '../../domain/protocol-fixtures.js';
import { hourMs, minuteMs, secondMs, trayPreset } from '../llavero-fixture.js';

/** A host whose clock is wrong by so much, on a store whose server has the right time. */
const scene = (aheadMs: number) => {
  const world = fakeClock();
  const inner = memoryStore();
  const server: TokenStore = {
    ...inner,
    update: (key, change, options) => inner.update(key, (current) => change(current, world.nowMs()), options),
  };
  const host = { ...world, nowMs: () => world.nowMs() + aheadMs };
  const storeClock = makeStoreClock(host);
  const store = timedStore(server, storeClock);
  const hear = () => store.update('tray/1', () => keep(undefined))();
  const note = (health: ClientHealth) =>
    store.updateNote('client/tray/client-1', () => ({ text: formatClientHealth(health), result: undefined }))();
  return { world, host, storeClock, store, hear, note, pauses: makeClientPauses({ store, clock: host, storeClock }) };
};

describe('the store’s clock', () => {
  it('is this host’s until the store’s server has told its time, and where it tells none', async () => {
    const { host, storeClock } = scene(hourMs);
    expect(storeClock.nowMs()).toBe(host.nowMs());
    storeClock.heard(undefined);
    expect(storeClock.nowMs()).toBe(host.nowMs());
  });

  it('is the server’s from the first change on, and goes on whatever this host’s clock is set to', async () => {
    const { world, storeClock, hear } = scene(-hourMs);
    const beganMs = world.nowMs();
    await hear();
    expect(storeClock.nowMs()).toBe(beganMs);
    await world.advance(minuteMs);
    world.setWallClock(beganMs + 5 * hourMs);
    expect(storeClock.nowMs()).toBe(beganMs + minuteMs);
  });
});

describe.each([
  ['behind', -hourMs],
  ['ahead', hourMs],
])('a host whose clock is an hour %s', (_case, aheadMs) => {
  it('asks for all accounts an hour after their client was refused, as the store’s clock has it', async () => {
    const { world, hear, pauses } = scene(aheadMs);
    await hear();
    const failure = failureWith({ terminal: 'client_rejected', clients: ['client-1'], at: world.nowMs() });
    const account = {
      provider: trayPreset().configure({ allowHttpOnLoopback: false }),
      client: 'client-1',
      record: recordWith({ key: 'tray/1', failure }),
      policy: defaultRefreshPolicy,
    };
    await pauses.rejected(account)();
    const admit = pauses.admit(account, {
      rehearse: ({ asksForAll }) => (asksForAll ? 'Began' : 'Stopped'),
      mostWaitMs: 15 * secondMs,
      hasSlot: false,
      onWait: () => undefined,
    });
    await world.advance(hourMs - 1);
    expect(await admit()).toMatchObject(right({ asksForAll: false }));
    await world.advance(1);
    expect(await admit()).toMatchObject(right({ asksForAll: true }));
  });

  it('leaves nothing behind that makes others wait for a slot an hour later', async () => {
    const { world, storeClock, store, hear, note, pauses } = scene(aheadMs);
    await hear();
    await note({ ...healthy, failures: 1, pause: { at: world.nowMs(), forMs: 0, stepMs: secondMs } });
    const account = {
      provider: trayPreset().configure({ allowHttpOnLoopback: false }),
      client: 'client-1',
      record: recordWith({ key: 'tray/1' }),
      policy: defaultRefreshPolicy,
    };
    const admitting = { rehearse: () => 'Began' as const, mostWaitMs: 0, hasSlot: false, onWait: () => undefined };
    const admission = { epoch: 0, asksForAll: false, probing: true, isTroubled: true, askedAtMs: storeClock.nowMs() };
    await pauses.succeeded(account, admission)();
    expect(await pauses.admit(account, admitting)()).toMatchObject({ _tag: 'Right' });
    await world.advance(hourMs);
    const other = makeClientPauses({ store, clock: world, storeClock: world });
    expect(await other.admit(account, admitting)()).toMatchObject({ _tag: 'Right' });
  });
});

describe.each([50, 59])('a host whose clock is %i minutes ahead', (minutes) => {
  it('has nobody wait for a slot that it took before the store told the time', async () => {
    const { world, store, pauses } = scene(minutes * minuteMs);
    const account = (name: string) => ({
      provider: trayPreset().configure({ allowHttpOnLoopback: false }),
      client: 'client-1',
      record: recordWith({ key: `tray/${name}` }),
      policy: defaultRefreshPolicy,
    });
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    await pauses.pace(account('1'), sleep)();
    await pauses.pace(account('2'), sleep)();
    expect(waited).toEqual([667]);
    const other = makeClientPauses({ store, clock: world, storeClock: world });
    await other.pace(account('2'), sleep)();
    await other.pace(account('3'), sleep)();
    expect(Math.max(...waited)).toBeLessThan(2 * secondMs);
  });
});
