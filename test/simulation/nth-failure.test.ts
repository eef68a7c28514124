import { describe, expect, it } from 'vitest';
import { testSize } from '../test-size.js';
import { runDry, wait } from './at-rest.js';
import { callAuthorize, callInvalidate, callRevoke, callSweep, callToken } from './calls.js';
import type { Fates, RequestFate, StoreFate } from './fates.js';
import { makeWorkerMaker } from './make-worker.js';
import { fairCall, fairRequest } from './seeded-fates.js';
import { firstReady, runSmallWorld, untilExpiryMs, type SmallWorldOptions } from './small-world.js';
import { makeTrace } from './trace.js';
import type { World } from './world.js';

const makeWorker = makeWorkerMaker();

const storeFailures: Readonly<Record<string, Partial<StoreFate>>> = {
  'fails before it is done': { outcome: 'before' },
  'fails after it is done': { outcome: 'after' },
  'is the last thing its process asks for': { strike: 'crash' },
  'is heard of too late': { strike: 'pause' },
};

const networkFailures: Readonly<Record<string, Partial<RequestFate>>> = {
  'is never sent': { outcome: 'unsent' },
  'is lost': { outcome: 'request-lost' },
  'is answered to nobody': { outcome: 'answer-lost' },
  'breaks after it was processed': { outcome: 'answer-lost', breaks: true },
  'is processed too late': { outcome: 'processed-late', lateness: 0.9 },
  'is answered 503': { outcome: 'error-before' },
  'is answered 500 after it was processed': { outcome: 'error-after' },
  'is answered with nothing that can be read': { outcome: 'unreadable' },
  'is answered oddly': { outcome: 'odd' },
  'is answered with a token of an unknown type': { outcome: 'unusable' },
  'is answered 429': { outcome: 'too-many-requests', retryAfterS: 20 },
  'is redirected': { outcome: 'redirected' },
  'is answered 400': { outcome: 'bad-request' },
  'is refused for its client': { outcome: 'wrong-client' },
  'is the last thing its process asks for': { strike: 'crash' },
  'is answered too late': { strike: 'pause' },
};

type Failing = (isIt: () => boolean) => Fates;

const failingStore =
  (failure: Partial<StoreFate>): Failing =>
  (isIt) => ({ ofStoreCall: () => (isIt() ? { ...fairCall, ...failure } : fairCall), ofRequest: () => fairRequest });

const failingNetwork =
  (failure: Partial<RequestFate>): Failing =>
  (isIt) => ({ ofStoreCall: () => fairCall, ofRequest: () => (isIt() ? { ...fairRequest, ...failure } : fairRequest) });

const failures: readonly (readonly [name: string, failing: Failing])[] = [
  ...Object.entries(storeFailures).map(
    ([name, failure]) => [`operation of the store ${name}`, failingStore(failure)] as const,
  ),
  ...Object.entries(networkFailures).map(([name, failure]) => [`request ${name}`, failingNetwork(failure)] as const),
];

/** A few days in the life of an account, at both processes. */
const everything = async (world: World): Promise<void> => {
  const [key] = world.keys;
  const all = (what: (worker: ReturnType<World['workers']>[number]) => void): void => world.workers().forEach(what);
  const steps: readonly (() => void)[] = [
    () => all((worker) => callToken(world, worker, key)),
    () => all((worker) => callToken(world, worker, key, { force: true })),
    () =>
      world
        .workers()
        .slice(0, 1)
        .forEach((worker) => callInvalidate(world, worker, key)),
    () => all((worker) => callToken(world, worker, key)),
    () => all((worker) => callSweep(world, worker, true)),
    () =>
      world
        .workers()
        .slice(0, 1)
        .forEach((worker) => callRevoke(world, worker, key, false)),
    () =>
      world
        .workers()
        .slice(0, 1)
        .forEach((worker) => callAuthorize(world, worker, key, true)),
    () => all((worker) => callToken(world, worker, key)),
  ];
  for (const step of steps) {
    step();
    await wait(world, 50_000);
  }
  await runDry(world);
};

type Mode = Pick<SmallWorldOptions, 'rotation' | 'recovery' | 'grant'>;

const modes: readonly Mode[] = [
  { rotation: 'strict', recovery: 'probe', grant: 'code' },
  { rotation: 'strict-family', recovery: 'probe', grant: 'code' },
  { rotation: 'strict', recovery: 'never', grant: 'code' },
  { rotation: 'grace', recovery: 'retry', grant: 'code' },
  { rotation: 'grace-repeats', recovery: 'probe', grant: 'code' },
  { rotation: 'until-first-use', recovery: 'retry', grant: 'code' },
  { rotation: 'none', recovery: 'probe', grant: 'code' },
  { rotation: 'sometimes', recovery: 'probe', grant: 'code' },
  { rotation: 'strict', recovery: 'probe', grant: 'code-again' },
  { rotation: 'none', recovery: 'probe', grant: 'client' },
];

/** At the short size each failure strikes every third operation, each kind of failure others. */
const stride = testSize() === 'short' ? 3 : 1;

/** One run for every operation there is, until a run has no n-th one. */
const failEach = async (
  mode: Mode,
  name: string,
  failing: Failing,
  first: number,
): Promise<readonly (readonly string[])[]> => {
  const runs: (readonly string[])[] = [];
  for (let n = first; ; n += stride) {
    let used = 0;
    const fates = failing(() => {
      used += 1;
      return used === n;
    });
    const script = { fates, waitMs: untilExpiryMs, choose: () => firstReady, scene: everything };
    const broken = await runSmallWorld({ ...mode, makeWorker, trace: makeTrace(false) }, script);
    runs.push(broken.map((text) => `${name}, the ${n}th: ${text}`));
    if (used < n) return runs;
  }
};

describe('a failure of every single operation, one at a time', () => {
  for (const mode of modes) {
    const provider = `${mode.rotation}, ${mode.recovery}, ${mode.grant}`;
    it(`breaks no promise at a provider that is ${provider}`, { timeout: 7_200_000 }, async () => {
      const runs: (readonly string[])[] = [];
      for (const [at, [name, failing]] of failures.entries()) {
        runs.push(...(await failEach(mode, name, failing, 1 + (at % stride))));
      }
      const broken = runs.flat();
      process.stdout.write(`${provider}: ${runs.length} runs with one failure, ${broken.length} violations\n`);
      expect(broken).toEqual([]);
    });
  }
});
