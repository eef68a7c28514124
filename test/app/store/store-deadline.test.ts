import { ContainerModule } from 'inversify';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { ports } from '../../../src/app/container/identifiers.js';
import { withDeadline } from '../../../src/app/store/with-deadline.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { deferred } from '../../../src/testing/deferred.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  hourMs,
  makeScene,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

const never = (): Promise<never> => new Promise(() => undefined);

/** A process whose store never answers one kind of operation, once its key check stands. */
const hanging = async (scene: Scene, broken: Partial<TokenStore>, storeTimeoutMs?: number) => {
  const overrides = [
    new ContainerModule(({ rebind }) => {
      rebind(ports.tokenStore).toConstantValue({ ...scene.store, ...broken });
    }),
  ];
  return scene.another({ overrides, storeTimeoutMs });
};

describe('a store that hangs', () => {
  it.each<readonly [string, Partial<TokenStore>, (process: Awaited<ReturnType<typeof hanging>>) => Promise<unknown>]>([
    ['open', { open: never }, (process) => process.ready()],
    ['readNote', { readNote: () => never }, (process) => process.ready()],
    ['read', { read: () => never }, (process) => process.token(centryKey)],
    ['update', { update: () => never }, (process) => process.register({ provider: 'citrusad' })],
    ['page', { page: () => never }, (process) => process.list()[Symbol.asyncIterator]().next()],
    ['claimDue', { claimDue: () => never }, (process) => process.sweep()],
    ['putPending', { putPending: () => never }, (process) => process.authorize(centryKey)],
    ['updatePending', { updatePending: () => never }, (process) => process.callback('?state=s&code=c')],
  ])('at %s is ERR_STORE_FAILED for its caller once its time is over', async (operation, broken, call) => {
    const scene = await authorizedCentry();
    const process = await hanging(scene, broken);
    const failed = failureOf(call(process));
    let waiting = true;
    void failed.then(() => {
      waiting = false;
    });
    await scene.clock.advance(10 * secondMs - 1);
    expect(waiting).toBe(true);
    await scene.clock.advance(1);
    expect(await failed).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true });
    expect((await failed).reason).toMatchObject({ _tag: 'StoreFailed', operation, why: 'timeout' });
    expect(scene.clock.sleepers).toBe(0);
  });

  it('is given as long as storeTimeoutMs says', async () => {
    const scene = await authorizedCentry();
    const process = await hanging(scene, { read: () => never }, 500);
    const failed = codeOf(process.status(centryKey));
    await scene.clock.advance(500);
    expect(await failed).toBe('ERR_STORE_FAILED');
  });

  it('does not keep close() waiting for ever', async () => {
    const scene = await authorizedCentry();
    const process = await hanging(scene, { close: never });
    await process.ready();
    const closing = process.close();
    await scene.clock.advance(10 * secondMs);
    await expect(closing).resolves.toBeUndefined();
  });

  it('when it opens is opened again by the next call', async () => {
    let opened = 0;
    const healthy = memoryStore();
    const open: TokenStore['open'] = () => ((opened += 1) === 1 ? never() : healthy.open());
    const scene = makeScene();
    const process = await hanging(scene, { open });
    const first = codeOf(process.ready());
    await scene.clock.advance(10 * secondMs);
    expect(await first).toBe('ERR_STORE_FAILED');
    await expect(process.ready()).resolves.toBeUndefined();
  });

  it('for as long as its whole process stood still has its time left when that goes on', async () => {
    const scene = await authorizedCentry();
    const slow = scene.store.holdNext('read');
    let awake = true;
    const overrides = [
      new ContainerModule(({ rebind }) => {
        // A sleep that begins before the process stands still ends when it goes on, however long that takes.
        const sleep: Clock['sleep'] = (ms, signal) => scene.clock.sleep(awake ? hourMs : ms, signal);
        rebind(ports.clock).toConstantValue({ ...scene.clock, sleep });
      }),
    ];
    const process = scene.another({ overrides });
    const status = process.status(centryKey);
    await slow.arrived;
    await scene.clock.whenSleeping(1);
    awake = false;
    await scene.clock.advance(hourMs);
    slow.release();
    expect((await status).generation).toBe(1);
  });

  it('costs a cached token nothing', async () => {
    const scene = await authorizedCentry();
    expect((await scene.llavero.token(centryKey)).generation).toBe(1);
    scene.store.holdNext('read');
    expect((await scene.llavero.token(centryKey)).generation).toBe(1);
  });
});

describe('what a store does after its time was over', () => {
  it('still counts: a registration that was given up may stand there in the end', async () => {
    const { llavero, clock, store } = await authorizedCentry();
    const slow = store.holdNext('update');
    const registering = codeOf(llavero.register({ provider: 'citrusad' }));
    await clock.advance(10 * secondMs);
    expect(await registering).toBe('ERR_STORE_FAILED');
    slow.release();
    await clock.advance(0);
    expect((await llavero.status(citrusKey)).state).toBe('ready');
  });

  it('changes nothing of a token that was committed by a later try', async () => {
    const { llavero, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    const slow = store.holdNext('update');
    held.release(centryAnswer(2));
    await slow.arrived;
    await clock.advance(11 * secondMs);
    expect((await renewing).generation).toBe(2);
    slow.release();
    await clock.advance(0);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('sends nothing for an attempt that was recorded too late', async () => {
    const { llavero, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const slow = store.holdNextAnswer('update');
    const renewing = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(10 * secondMs);
    expect(await renewing).toBe('ERR_STORE_FAILED');
    slow.release();
    await clock.advance(0);
    expect(http.requests).toHaveLength(1);
  });
});

describe('withDeadline', () => {
  it('starts no timer for what needs no I/O, and leaves none behind for what does', async () => {
    const clock = fakeClock();
    await withDeadline(TE.right(1), 'late', 10, clock)();
    expect(clock.sleepers).toBe(0);
    const work = deferred<void>();
    const result = withDeadline(
      TE.fromTask(() => work.promise),
      'late',
      10,
      clock,
    )();
    await clock.whenSleeping(1);
    work.resolve();
    expect(await result).toEqual({ _tag: 'Right', right: undefined });
    expect(clock.sleepers).toBe(0);
  });

  it('starts no timer for a store in memory', async () => {
    const { llavero, clock } = makeScene();
    const asleep = clock.whenSleeping(1).then(() => 'asleep');
    await llavero.register({ provider: 'citrusad' });
    expect(await Promise.race([asleep, Promise.resolve('none')])).toBe('none');
  });
});
