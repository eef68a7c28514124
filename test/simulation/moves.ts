import {
  callApi,
  callAuthorize,
  callClose,
  callInvalidate,
  callRegister,
  callRemove,
  callRetry,
  callRevoke,
  callStatus,
  callSweep,
  callToken,
} from './calls.js';
import { someOutage } from './outage.js';
import { pickWeighted } from './random.js';
import type { Weather } from './seeded-fates.js';
import { clientSecretOf } from './sim-provider.js';
import { afterOutage, afterRefusals, isAwake, later, watchRecovery } from './watch-recovery.js';
import type { Worker, World } from './world.js';

/** One thing that callers, merchants or misfortune do. */
type Move = (world: World, worker: Worker, key: string, weather: Weather) => void;

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;

const everybodyAsks: Move = (world, _worker, key) => {
  for (const worker of world.workers()) if (isAwake(world, worker)) callToken(world, worker, key);
};

/** All who are awake want a newer token. */
export const everybodyForces = (world: World, key: string): void => {
  for (const worker of world.workers()) if (isAwake(world, worker)) callToken(world, worker, key, { force: true });
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
  callRegister(world, worker, key, clientSecretOf('ours', 1 + world.random.below(3)));

/** Another application's credentials stand in for the right ones, until somebody notices. */
const wrongApplication: Move = (world, worker, key) => {
  callRegister(world, worker, key, clientSecretOf('another', world.random.below(2)));
  later(world, 'the right client is back', world.random.pick([0, 20, 600, 7_200]) * secondMs, () => {
    const awake = world.workers().filter((other) => isAwake(world, other));
    const other = awake[world.random.below(awake.length)];
    if (other !== undefined) callRegister(world, other, key, clientSecretOf('ours', world.random.below(2)));
  });
};

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

/** Some callers ask now and then for as long as it takes. */
const askMeanwhile = (world: World, ms: number): void => {
  for (let asks = 1 + world.random.below(5); asks > 0; asks -= 1) {
    const key = world.random.pick(world.keys);
    later(world, 'somebody asks', Math.floor(world.random.fraction() * ms), () => {
      for (const worker of world.workers()) {
        if (isAwake(world, worker) && world.random.chance(0.6)) callToken(world, worker, key);
      }
    });
  }
};

/** The provider is down for seconds to days; that it is well again is noticed within a minute. */
const providerOutage: Move = (world, worker, key, weather) => {
  if (weather.providerIs !== undefined || weather.isFair) return everybodyAsks(world, worker, key, weather);
  const [name, form] = someOutage(world.random);
  const ms = world.random.pick([3, 20, 100, 100, 600, 3 * 3_600, 50 * 3_600]) * secondMs;
  const beganMs = world.scheduler.nowMs();
  weather.providerIs = form;
  world.trace.add(`  the provider is down for ${ms} ms: ${name}`);
  if (ms >= 600 * secondMs || world.random.chance(0.5)) world.hold(world.scheduler.nowMs() + ms);
  everybodyAsks(world, worker, key, weather);
  askMeanwhile(world, ms);
  later(world, 'the provider is back', ms, () => {
    weather.providerIs = undefined;
    world.outages.push({ beganMs, endedMs: world.scheduler.nowMs() });
    watchRecovery(world, weather, afterOutage);
  });
};

/** A provider that refuses everybody's client for a while, as if it had died. */
const deadLooking: Move = (world, worker, key, weather) => {
  if (weather.providerIs !== undefined || weather.isFair) return everybodyAsks(world, worker, key, weather);
  const ms = world.random.pick([3, 100, 900]) * secondMs;
  const rest = { breaks: false, status: 401, error: '', retryAfterS: undefined };
  weather.providerIs = { outcome: world.random.pick(['wrong-client', 'unauthorized']), ...rest };
  world.trace.add(`  the provider refuses every client for ${ms} ms`);
  everybodyAsks(world, worker, key, weather);
  askMeanwhile(world, ms);
  later(world, 'the provider takes clients again', ms, () => {
    weather.providerIs = undefined;
    watchRecovery(world, weather, afterRefusals);
  });
};

/** Nobody asks for hours or days; sweeps go on. */
const longGap: Move = (world) => {
  const ms = world.random.pick([1, 6, 30, 24 * 8]) * hourMs;
  world.hold(world.scheduler.nowMs() + ms);
  for (let sweeps = world.random.below(4); sweeps > 0; sweeps -= 1) {
    later(world, 'a sweep is due', Math.floor(world.random.fraction() * ms), () => {
      const awake = world.workers().filter((worker) => isAwake(world, worker));
      const worker = awake[world.random.below(awake.length)];
      if (worker !== undefined) callSweep(world, worker, world.random.chance(0.6));
    });
  }
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
  [1, (world, worker, key) => callStatus(world, worker, key)],
  [2, callRetry],
  [3, (world, worker) => callSweep(world, worker, world.random.chance(0.6))],
  [1, callClose],
  [1, disconnect],
  [plan.trouble.crash > 0 ? 3 + 60 * plan.trouble.crash : 0, crash],
  [plan.trouble.pause > 0 ? 3 + 60 * plan.trouble.pause : 0, pause],
  [plan.trouble.clock > 0 ? 5 : 0, jump],
  [plan.trouble.store > 0 ? 2 : 0, storeOutage],
  [plan.swapsClients ? 5 : 0, wrongApplication],
  [plan.outages ? 6 : 0, providerOutage],
  [plan.outages ? 1 : 0, deadLooking],
  [2, longGap],
];

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
    const heldMs = Math.max(0, world.heldUntilMs() - world.scheduler.nowMs());
    later(world, 'somebody moves', heldMs + gapMs(world, key), () => {
      if (world.heldUntilMs() > world.scheduler.nowMs()) return next(left);
      const idle = world.workers().filter((worker) => isAwake(world, worker));
      const worker = idle[world.random.below(idle.length)];
      if (worker !== undefined) pickWeighted<Move>(world.random, moves, everybodyAsks)(world, worker, key, weather);
      next(left - 1);
    });
  };
  next(world.plan.moves);
};
