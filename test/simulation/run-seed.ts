import { comeToRest } from './at-rest.js';
import { callAuthorize, callRegister } from './calls.js';
import { secretText, leaks } from './canary.js';
import type { MakeWorker } from './make-worker.js';
import { everybodyForces, makeMoves } from './moves.js';
import { planOf } from './plan.js';
import { seededRandom } from './random.js';
import { fairWeather, seededFates, type Weather } from './seeded-fates.js';
import { seenIn, type Seen } from './seen.js';
import { runDry } from './at-rest.js';
import { makeTrace } from './trace.js';
import { makeWorld, type World } from './world.js';

/** What became of one run. */
export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Equal for runs in which the same happened in the same order. */
  readonly digest: string;
  /** Empty unless it was asked for. */
  readonly trace: readonly string[];
  readonly seen: Seen;
}

/** Every account connected, as on most days. */
const connect = async (world: World): Promise<void> => {
  const worker = world.workers()[0];
  if (worker === undefined) return;
  for (const key of world.keys) {
    if (!world.plan.presetIsComplete) callRegister(world, worker, key, secretText('cli', 1));
    await runDry(world);
    callAuthorize(world, worker, key, false);
    await runDry(world);
  }
};

/** Runs the world of one seed from its beginning until it has come to rest. */
export const runSeed = async (seed: number, makeWorker: MakeWorker, keepTrace = false): Promise<RunResult> => {
  const plan = planOf(seed);
  const random = seededRandom(seed);
  const trace = makeTrace(keepTrace);
  const weather: Weather = { ...fairWeather };
  const world = makeWorld({
    plan,
    random,
    trace,
    makeWorker,
    fates: seededFates(random, weather),
    choose: (ready) => ready[random.below(ready.length)],
    onSettled: everybodyForces,
  });
  trace.add(JSON.stringify(plan));
  await connect(world);
  weather.isFair = false;
  weather.store = plan.trouble.store;
  weather.network = plan.trouble.network;
  weather.crash = plan.trouble.crash;
  weather.pause = plan.trouble.pause;
  makeMoves(world, weather);
  await runDry(world);
  await comeToRest(world, weather);
  if (leaks(JSON.stringify(world.events))) world.violation('I8: a secret is in an event');
  return {
    seed,
    violations: world.violations,
    digest: trace.digest(),
    trace: trace.lines,
    seen: seenIn(world),
  };
};
