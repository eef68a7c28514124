import { comeToRest, runDry, wait } from './at-rest.js';
import { callAuthorize, callStatus } from './calls.js';
import type { Fates } from './fates.js';
import type { MakeWorker } from './make-worker.js';
import { everybodyForces } from './moves.js';
import type { Plan } from './plan.js';
import type { Rotation } from './provider-oracle.js';
import type { Random } from './random.js';
import type { Choose } from './scheduler.js';
import { fairFates, fairWeather } from './seeded-fates.js';
import type { Trace } from './trace.js';
import { makeWorld, type World } from './world.js';

/** Chance that never does anything of its own. */
const noChance: Random = {
  fraction: () => 0,
  below: () => 0,
  chance: () => false,
  pick: (items) => items[0],
};

export interface SmallWorldOptions {
  readonly rotation: Rotation;
  readonly recovery: Plan['policy']['recovery'];
  readonly grant: Plan['grant'];
  /** What the preset says of the rotation. */
  readonly declared?: Plan['declared'];
  readonly makeWorker: MakeWorker;
  readonly trace: Trace;
}

/** What differs between two runs of a small world. */
export interface Script {
  /** Asked from when the scene begins until it has ended. */
  readonly choose: (world: World) => Choose;
  readonly fates: Fates;
  /** How long after the account was connected the scene begins. */
  readonly waitMs: number;
  /** What callers do. */
  readonly scene: (world: World) => Promise<void>;
}

const planOfSmallWorld = ({ rotation, recovery, grant, declared }: SmallWorldOptions): Plan => ({
  seed: 0,
  rules: {
    rotation,
    graceMs: 600_000,
    accessLifetimeMs: 60_000,
    toldLifetimeMs: undefined,
    refreshLifetimeMs: undefined,
    verdict: 'invalid_grant',
    keepsOldAccess: true,
    codesRepeat: grant === 'code-again',
  },
  grant,
  declared,
  presetIsComplete: true,
  policy: {
    requestTimeoutMs: 25_000,
    attemptTtlMs: 40_000,
    settleMs: 60_000,
    recoveryNoticeMs: 10_000,
    patienceMs: 15_000,
    recheckMs: 30_000,
    recovery,
  },
  clock: 'server',
  swapsClients: false,
  outages: false,
  keys: 1,
  processes: 2,
  workers: 2,
  moves: 0,
  trouble: { store: 0, network: 0, crash: 0, pause: 0, clock: 0 },
});

/** A scene that begins then finds the first token just expired. */
export const untilExpiryMs = 60_000;

/**
 * Two processes with one llavero each and one account: a scene in which everything but the script is fixed. Resolves with
 * what was violated.
 */
export const runSmallWorld = async (options: SmallWorldOptions, script: Script): Promise<readonly string[]> => {
  let isScene = false;
  const inScene: { choose?: Choose } = {};
  const fates: Fates = {
    ofStoreCall: (operation) => (isScene ? script.fates : fairFates).ofStoreCall(operation),
    ofRequest: () => (isScene ? script.fates : fairFates).ofRequest(),
  };
  const world = makeWorld({
    plan: planOfSmallWorld(options),
    random: noChance,
    trace: options.trace,
    makeWorker: options.makeWorker,
    fates,
    choose: (ready, later) => (isScene ? (inScene.choose ?? firstReady) : firstReady)(ready, later),
    onSettled: everybodyForces,
  });
  inScene.choose = script.choose(world);
  const [one] = world.workers();
  const [key] = world.keys;
  if (one !== undefined) callAuthorize(world, one, key, false);
  await runDry(world);
  for (const worker of world.workers()) callStatus(world, worker, key);
  await runDry(world);
  await wait(world, script.waitMs);
  isScene = true;
  await script.scene(world);
  await runDry(world);
  isScene = false;
  await comeToRest(world, { ...fairWeather });
  return world.violations;
};

/** Whatever was asked for first happens first. */
export const firstReady: Choose = (ready) => ready[0];
