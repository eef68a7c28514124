import { callRegister, callStatus, callToken } from './calls.js';
import type { Token } from '../../src/domain/token.js';
import type { SentRequest } from './ledger.js';
import { microtasksDone } from './scheduler.js';
import { fairWeather, type Weather } from './seeded-fates.js';
import { clientSecretOf } from './sim-provider.js';
import type { Worker, World } from './world.js';

/** More than an attempt, its settle window, the notice of its recovery and a pause together. */
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

/** Whether a later code of this account was kept, or one whose authorization this one may have come before. */
const hasLaterCode = (world: World, request: SentRequest): boolean =>
  world.ledger.requests.some(
    (other) =>
      other !== request &&
      other.kind === 'code' &&
      other.key === request.key &&
      other.pair !== undefined &&
      world.ledger.wasCommitted(other.pair.accessToken) &&
      other.heardMs >= world.grantedMs(request.secret),
  );

/** Whether two requests spend the same generation of the same registration. */
const isSamePlace = (world: World, one: SentRequest, other: SentRequest): boolean => {
  const here = world.ledger.attemptOf(one);
  const there = world.ledger.attemptOf(other);
  return here?.incarnation === there?.incarnation && here?.generation === there?.generation;
};

/** A later request of the same generation brought a successor of its own, and that was kept: it may have ended this one's. */
const isOutranked = (world: World, request: SentRequest): boolean =>
  world.ledger.requests.some(
    (other) =>
      isSamePlace(world, other, request) &&
      other.leftMs > request.leftMs &&
      other.pair !== undefined &&
      other.pair.refreshToken !== request.secret &&
      world.ledger.wasCommitted(other.pair.accessToken),
  );

/** I2: an answer that reached a process that lived on is kept, unless something newer took its place, such as a later code's. */
const judgeDelivered = (world: World, request: SentRequest): void => {
  const { ledger, oracle, violation } = world;
  const { pair, key, by, kind } = request;
  if (pair === undefined || !by.isAlive() || by.wasAbandoned(kind === 'client')) return;
  const kept = request.isUnusable ? (pair.named ? pair.refreshToken : undefined) : pair.accessToken;
  if (kept === undefined || ledger.wasCommitted(kept)) return;
  const beganMs = kind === 'code' ? world.grantedMs(request.secret) : ledger.beganMs(request);
  if (ledger.lastRemovalMs(key) >= beganMs) return;
  const place = ledger.attemptOf(request);
  const record = world.record(key);
  if (kind === 'code') {
    if (!hasLaterCode(world, request)) violation(`I2: the token that a code of ${key} brought was lost`);
    return;
  }
  if (place !== undefined && record?.generation === place.generation) {
    violation(`I2: the token that a renewal of ${key} brought was lost`);
    return;
  }
  if (isOutranked(world, request)) return;
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

/** An answer was never committed, and its attempt was over when the next one was asked for: nobody could have known of it. */
const wasTakenOver = (world: World, request: SentRequest): boolean => {
  const { ledger, policy } = world;
  const attempt = ledger.attemptOf(request);
  if (attempt === undefined || request.isUnusable || request.pair === undefined) return false;
  if (ledger.wasCommitted(request.pair.accessToken)) return false;
  return ledger.requests.some((other) => {
    const datedMs = ledger.attemptOf(other)?.datedMs ?? -Infinity;
    return isSamePlace(world, other, request) && datedMs >= attempt.datedMs + policy.attemptTtlMs;
  });
};

/** No renewal storm: more tokens than fell due, or were asked for, were never issued. */
const judgeNumber = (world: World, key: string): void => {
  if (world.hasJumped()) return;
  const issued = world.ledger.requests.filter(({ pair, key: of }) => pair !== undefined && of === key);
  const unusable = issued.filter(({ isUnusable }) => isUnusable).length;
  const takenOver = issued.filter((request) => wasTakenOver(world, request)).length;
  const due = world.scheduler.nowMs() / (world.plan.rules.accessLifetimeMs / 2);
  // Nobody stores an attempt for a first token: each process may ask for it, and once more for what was registered meanwhile.
  const firsts = 1 + (world.plan.grant === 'client' ? world.workers().length : 0);
  if (issued.length > firsts + due + unusable + takenOver + world.provocations(key)) {
    world.violation(`${key} was renewed ${issued.length} times, which is too often`);
  }
};

/** What the end of an account is judged by. */
interface End {
  readonly key: string;
  /** Its refresh token lived before the last renewal. */
  readonly lived: boolean;
  /** Nothing may be sent any more. */
  readonly stopped: boolean;
  readonly got: boolean;
  readonly state: string | undefined;
}

/** States that say that something is wrong with a grant. */
const troubled: ReadonlySet<string | undefined> = new Set([
  'reauthorization_required',
  'client_rejected',
  'failing',
  'outcome_unknown',
]);

/** What a forced renewal of a world without troubles has to bring. */
const judgeEnd = (world: World, { key, lived, stopped, got, state }: End): void => {
  const record = world.record(key);
  const { verdict } = world.plan.rules;
  const isOver = record?.failure?.terminal !== undefined || verdict !== 'invalid_grant';
  if (record?.attempt !== undefined && !isOver) world.violation(`I6: an attempt of ${key} is open at the end`);
  if (world.plan.grant === 'client') {
    if (!got) world.violation(`${key} has no token at the end, and needs only its client`);
    return;
  }
  if (lived && !stopped && !got) world.violation(`${key} could not be renewed at the end although its grant lives`);
  const { refreshToken } = world.ledger.tokensOf(record);
  if (got && (refreshToken === undefined || !world.oracle.lives(refreshToken))) {
    world.violation(`${key} was renewed at the end and holds a dead refresh token`);
  }
  const isUseful = verdict !== 'invalid_grant' && (record?.accessTokenExpiresAt ?? 0) > world.trueMs();
  if (!got && record?.token !== undefined && !isUseful && !troubled.has(state)) {
    world.violation(`G4: the grant of ${key} is lost and its state is ${state}`);
  }
};

/** Waits for one call to be answered. */
const answered = async <A>(world: World, ask: (given: (answer: A) => void) => void): Promise<A | undefined> => {
  const box: { answer?: { readonly value: A } } = {};
  ask((value) => {
    box.answer = { value };
  });
  await steps(world, () => box.answer !== undefined);
  return box.answer?.value;
};

const patientMs = 60_000;

const forceOne = async (world: World, worker: Worker, key: string): Promise<void> => {
  const before = world.record(key);
  const { refreshToken } = world.ledger.tokensOf(before);
  const lived = refreshToken !== undefined && world.oracle.lives(refreshToken);
  const isGivenUp = before?.attempt !== undefined && world.plan.policy.recovery === 'never';
  const stopped = before?.failure?.terminal === 'reauthorization_required' || isGivenUp;
  const token = await answered<Token | undefined>(world, (given) =>
    callToken(world, worker, key, { force: true, patienceMs: patientMs }, given),
  );
  const state = await answered<string>(world, (told) => callStatus(world, worker, key, told));
  judgeEnd(world, { key, lived, stopped, got: token !== undefined, state });
};

/** The client that its provider would take, where another one was refused or stands in for it. */
const putRight = async (world: World, worker: Worker, key: string): Promise<void> => {
  const { refreshToken } = world.ledger.tokensOf(world.record(key));
  const application = refreshToken === undefined ? undefined : world.oracle.applicationOf(refreshToken);
  const isRefused = world.record(key)?.failure?.terminal === 'client_rejected';
  if (!isRefused && !world.plan.swapsClients) return;
  callRegister(world, worker, key, clientSecretOf(application ?? 'ours', 9));
  await runDry(world);
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
  const namedMs = Math.max(0, world.namedUntilMs() - world.scheduler.nowMs());
  await wait(world, restMs + namedMs + world.jumpedMs());
  const fresh = world.startWorker(0);
  for (const key of world.keys) {
    if (world.record(key) === undefined) continue;
    await putRight(world, fresh, key);
    await forceOne(world, fresh, key);
  }
  await runDry(world);
};
