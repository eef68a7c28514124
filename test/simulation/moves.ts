import {
  callApi,
  callAuthorize,
  callClose,
  callInvalidate,
  callRegister,
  callRemove,
  callRevoke,
  callStatus,
  callSweep,
  callToken,
} from './calls.js';
import { secretText } from './canary.js';
import { pickWeighted } from './random.js';
import type { Weather } from './seeded-fates.js';
import type { Worker, World } from './world.js';

/** One thing that callers, merchants or misfortune do. */
type Move = (world: World, worker: Worker, key: string, weather: Weather) => void;

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;

const later = (world: World, what: string, ms: number, run: () => void): void =>
  world.scheduler.add({ what, atMs: world.scheduler.nowMs() + ms, owner: undefined, isTimer: true, run });

const everybodyAsks: Move = (world, _worker, key) => {
  for (const worker of world.workers()) if (!isPaused(world, worker)) callToken(world, worker, key);
};

/** All who are awake want a newer token. */
export const everybodyForces = (world: World, key: string): void => {
  for (const worker of world.workers()) if (!isPaused(world, worker)) callToken(world, worker, key, { force: true });
};

const herd: Move = (world, worker, key) => {
  for (let caller = 0; caller < 4; caller += 1) callToken(world, worker, key);
};

const impatient: Move = (world, worker, key) =>
  callToken(world, worker, key, { patienceMs: world.random.pick([0, 100, 2 * secondMs]) });

const demanding: Move = (world, worker, key) =>
  callToken(world, worker, key, { minValidMs: world.random.pick([20, 200, 3_000]) * secondMs });

const aborted: Move = (world, worker, key) => {
  const controller = new AbortController();
  callToken(world, worker, key, { signal: controller.signal });
  later(world, 'a caller gives up', world.random.pick([0, 5, 500]), () => controller.abort());
};

/** A caller who takes what it got to an API at once. */
const useful: Move = (world, worker, key) =>
  callToken(world, worker, key, {}, (token) => {
    if (token !== undefined) callApi(world, worker, key);
  });

const newSecret: Move = (world, worker, key) =>
  callRegister(world, worker, key, secretText('cli', 1 + world.random.below(3)));

/** The process that has a request under way, if there is one: misfortune strikes where it hurts. */
const victim = (world: World, worker: Worker): number => {
  const sending = world.ledger.requests.findLast(({ heard, by }) => heard === 'silent' && by.isAlive());
  return sending !== undefined && world.random.chance(0.7) ? sending.by.slot : worker.process.slot;
};

const crash: Move = (world, worker) =>
  world.crash(victim(world, worker), world.random.pick([0, 100, 5_000, 100 * secondMs]));

const pause: Move = (world, worker) =>
  world.pause(victim(world, worker), world.random.pick([0.5, 9, 25, 45, 95, 130]) * secondMs);

const jump: Move = (world, worker) => world.jump(worker.process.slot, world.random.pick([hourMs, -hourMs]));

const storeOutage: Move = (world, _worker, _key, weather) => {
  weather.storeIsDown = true;
  world.trace.add('  the store is down');
  later(world, 'the store is back', world.random.pick([100, 3_000, 20_000, 100 * secondMs]), () => {
    weather.storeIsDown = false;
  });
};

const providerOutage: Move = (world, _worker, _key, weather) => {
  weather.providerIsDown = true;
  world.trace.add('  the provider is down');
  later(world, 'the provider is back', world.random.pick([3_000, 20_000, 100 * secondMs]), () => {
    weather.providerIsDown = false;
  });
};

const disconnect: Move = (world, _worker, key) => {
  world.trace.add(`  the merchant of ${key} disconnects`);
  world.oracle.disconnect(key);
};

const movesOf = ({ plan }: World): readonly (readonly [weight: number, move: Move])[] => [
  [14, (world, worker, key) => callToken(world, worker, key)],
  [16, everybodyAsks],
  [5, (world, _worker, key) => everybodyForces(world, key)],
  [4, herd],
  [7, (world, worker, key) => callToken(world, worker, key, { force: true })],
  [4, demanding],
  [3, impatient],
  [2, aborted],
  [8, useful],
  [4, callApi],
  [4, (world, worker, key) => callInvalidate(world, worker, key)],
  [3, (world, worker, key) => callAuthorize(world, worker, key, false)],
  [1, (world, worker, key) => callAuthorize(world, worker, key, true)],
  [2, (world, worker, key) => callRemove(world, worker, key)],
  [3, newSecret],
  [2, (world, worker, key) => callRevoke(world, worker, key, world.random.chance(0.5))],
  [1, callStatus],
  [3, (world, worker) => callSweep(world, worker, world.random.chance(0.6))],
  [1, callClose],
  [1, disconnect],
  [plan.trouble.crash > 0 ? 3 + 60 * plan.trouble.crash : 0, crash],
  [plan.trouble.pause > 0 ? 3 + 60 * plan.trouble.pause : 0, pause],
  [plan.trouble.clock > 0 ? 5 : 0, jump],
  [plan.trouble.store > 0 ? 2 : 0, storeOutage],
  [plan.trouble.network > 0 ? 2 : 0, providerOutage],
];

const isPaused = ({ scheduler }: World, { process }: Worker): boolean => process.pausedUntilMs > scheduler.nowMs();

/** How long until the next move: at once, soon, or just when something is about to run out. */
const gapMs = (world: World, key: string): number => {
  const { random, scheduler, plan } = world;
  const expiresAt = world.record(key)?.accessTokenExpiresAt ?? 0;
  const leftMs = Math.max(0, expiresAt - world.trueMs());
  switch (random.below(8)) {
    case 0:
    case 1:
      return 0;
    case 2:
      return random.pick([1, 10, 50]);
    case 3:
      return random.pick([200, 1_000, 5_000]);
    case 4:
      return random.pick([10, 20, 35, 95, 130]) * secondMs;
    case 5:
      return leftMs;
    case 6:
      return Math.max(0, leftMs - random.below(Math.min(300 * secondMs, plan.rules.accessLifetimeMs / 4)));
    default:
      return scheduler.has(({ isTimer }) => !isTimer) ? random.below(100) : random.below(2_000);
  }
};

/** Makes the moves of a run, one after the other, until they are used up. */
export const makeMoves = (world: World, weather: Weather): void => {
  const moves = movesOf(world);
  const next = (left: number): void => {
    if (left === 0) return;
    const key = world.random.pick(world.keys);
    later(world, 'somebody moves', gapMs(world, key), () => {
      const idle = world.workers().filter((worker) => !isPaused(world, worker));
      const worker = idle[world.random.below(idle.length)];
      if (worker !== undefined) pickWeighted<Move>(world.random, moves, everybodyAsks)(world, worker, key, weather);
      next(left - 1);
    });
  };
  next(world.plan.moves);
};
