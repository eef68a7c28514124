import { callRegister, callToken } from './calls.js';
import { secretText } from './canary.js';
import type { SentRequest } from './ledger.js';
import { microtasksDone } from './scheduler.js';
import { fairWeather, type Weather } from './seeded-fates.js';
import type { Worker, World } from './world.js';

/** More than an attempt, its settle window and the longest rest a provider asked for together. */
const restMs = 300_000;
/** Nothing here takes longer than that. */
const mostSteps = 20_000;

const steps = async (world: World, isDone: () => boolean): Promise<void> => {
  await microtasksDone();
  for (let step = 0; step < mostSteps; step += 1) {
    if (isDone() || !(await world.scheduler.step())) return;
  }
  world.violation('the world does not come to rest');
};

/** Lets everything that is under way happen. */
export const runDry = (world: World): Promise<void> => steps(world, () => false);

export const wait = async (world: World, ms: number): Promise<void> => {
  let over = false;
  world.scheduler.add({
    what: 'time passes',
    atMs: world.scheduler.nowMs() + ms,
    owner: undefined,
    isTimer: true,
    run: () => {
      over = true;
    },
  });
  await steps(world, () => over);
};

/** I2: an answer that reached a process that lived on is kept, unless something newer took its place, such as a later code's. */
const judgeDelivered = (world: World, request: SentRequest): void => {
  const { ledger, oracle, violation } = world;
  const { pair, key, by, kind } = request;
  if (pair === undefined || !by.isAlive() || by.wasAbandoned()) return;
  const kept = request.isUnusable ? (pair.named ? pair.refreshToken : undefined) : pair.accessToken;
  if (kept === undefined || ledger.wasCommitted(kept)) return;
  const beganMs = kind === 'code' ? world.grantedMs(request.secret) : ledger.beganMs(request);
  if (ledger.lastRemovalMs(key) >= beganMs) return;
  const place = ledger.placeOf(request);
  const record = world.record(key);
  if (kind === 'code') {
    const since = ledger.requests.some(
      (other) =>
        other.kind === 'code' &&
        other.key === key &&
        other.pair !== undefined &&
        ledger.wasCommitted(other.pair.accessToken) &&
        (world.hasJumped() || other.leftMs > request.heardMs),
    );
    if (since) return;
    violation(`I2: the token that a code of ${key} brought was lost`);
    return;
  }
  if (place !== undefined && record?.generation === place.generation) {
    violation(`I2: the token that a renewal of ${key} brought was lost`);
    return;
  }
  const { refreshToken } = ledger.tokensOf(record);
  const worse =
    refreshToken !== undefined &&
    !oracle.lives(refreshToken) &&
    oracle.familyOf(refreshToken) === oracle.familyOf(pair.accessToken);
  if (worse && pair.refreshToken !== undefined && oracle.lives(pair.refreshToken)) {
    violation(`I2: ${key} holds a dead token although a living one was delivered`);
  }
};

/**
 * What is told as discarded was not kept. Nobody can know where the store loses the answer to a commit and somebody else
 * renews before it is asked again, nor where the provider answers the same pair twice.
 */
const judgeEvents = (world: World, key: string): void => {
  if (world.plan.rules.rotation === 'grace-repeats' || world.plan.trouble.store > 0) return;
  const told = world.events.filter((event) => event.type === 'token_discarded' && event.key === key).length;
  const lost = world.ledger.requests.filter(
    ({ pair, key: of, isUnusable }) =>
      of === key && pair !== undefined && (isUnusable || !world.ledger.wasCommitted(pair.accessToken)),
  ).length;
  if (told > lost) world.violation(`${told} tokens of ${key} were told as discarded, and ${lost} were`);
};

/** No renewal storm: more tokens than fell due, or were asked for, were never issued. */
const judgeNumber = (world: World, key: string): void => {
  if (world.hasJumped()) return;
  const issued = world.ledger.requests.filter(({ pair, key: of }) => pair !== undefined && of === key);
  const unusable = issued.filter(({ isUnusable }) => isUnusable).length;
  const due = world.scheduler.nowMs() / (world.plan.rules.accessLifetimeMs / 2);
  if (issued.length > 1 + due + unusable + world.provocations(key)) {
    world.violation(`${key} was renewed ${issued.length} times, which is too often`);
  }
};

/** What a forced renewal of a world without troubles has to bring. */
const judgeEnd = (world: World, key: string, lived: boolean, stopped: boolean, got: boolean): void => {
  const record = world.record(key);
  const isTerminal = record?.failure?.terminal === 'reauthorization_required';
  const expired = (record?.refreshTokenExpiresAt ?? Infinity) <= world.trueMs();
  if (record?.attempt !== undefined && !isTerminal && !expired)
    world.violation(`I6: an attempt of ${key} is open at the end`);
  if (world.plan.grant === 'client') {
    if (!got) world.violation(`${key} has no token at the end, and needs only its client`);
    return;
  }
  if (lived && !stopped && !got) world.violation(`${key} could not be renewed at the end although its grant lives`);
  const { refreshToken } = world.ledger.tokensOf(record);
  if (got && (refreshToken === undefined || !world.oracle.lives(refreshToken))) {
    world.violation(`${key} was renewed at the end and holds a dead refresh token`);
  }
  if (!got && record?.token !== undefined && !isTerminal && !expired) {
    world.violation(`G4: the grant of ${key} is lost and nothing says so`);
  }
};

const forceOne = async (world: World, worker: Worker, key: string): Promise<void> => {
  const before = world.record(key);
  const { refreshToken } = world.ledger.tokensOf(before);
  const lived = refreshToken !== undefined && world.oracle.lives(refreshToken);
  const isSpent = before?.attempt !== undefined && (before.attempt.recovery || world.plan.policy.recovery === 'never');
  const hasExpired = (before?.refreshTokenExpiresAt ?? Infinity) <= world.trueMs();
  const stopped = before?.failure?.terminal === 'reauthorization_required' || isSpent || hasExpired;
  let got: boolean | undefined;
  callToken(world, worker, key, { force: true }, (token) => {
    got = token !== undefined;
  });
  await steps(world, () => got !== undefined);
  judgeEnd(world, key, lived, stopped, got === true);
};

/** Ends all troubles, lets everything come to rest, and looks at what is left. */
export const comeToRest = async (world: World, weather: Weather): Promise<void> => {
  Object.assign(weather, fairWeather);
  await runDry(world);
  for (const { worker, what } of world.openCalls) {
    world.violation(`${worker.name} never answers ${what}`);
  }
  for (const request of world.ledger.requests) judgeDelivered(world, request);
  for (const key of world.keys) {
    judgeNumber(world, key);
    judgeEvents(world, key);
  }
  world.setClocksRight();
  await wait(world, restMs + world.jumpedMs());
  const fresh = world.startWorker(0);
  for (const key of world.keys) {
    if (world.record(key)?.failure?.terminal === 'client_rejected') {
      callRegister(world, fresh, key, secretText('cli', 9));
      await runDry(world);
    }
    if (world.record(key) === undefined) continue;
    await forceOne(world, fresh, key);
  }
  await runDry(world);
};
