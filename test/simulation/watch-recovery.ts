import { callToken } from './calls.js';
import { standingOf } from './judge-token.js';
import type { Weather } from './seeded-fates.js';
import { applicationOf } from './sim-provider.js';
import type { Worker, World } from './world.js';

/** What is expected of the accounts once the provider is well again. */
export interface Expected {
  /** Within so long each is served. */
  readonly withinMs: number;
  /** Somebody asks for each of them so often. */
  readonly everyMs: number;
  /** So many rounds of asking may come too early or be another account's. */
  readonly rounds: number;
  readonly why: string;
}

const hourMs = 3_600_000;

/** I10: the end of an outage is noticed within a minute. */
export const afterOutage: Expected = { withinMs: 60_000, everyMs: 3_000, rounds: 2, why: 'an outage' };

/**
 * A client that was refused for a while is asked about again once an hour: a round may come just before the hour of the last
 * refusal, in the next one another account asks for all, and the one after it serves the others.
 */
export const afterRefusals: Expected = {
  withinMs: hourMs,
  everyMs: 60_000,
  rounds: 3,
  why: 'its client was refused',
};

/** What an account was like when the provider was well again. */
interface Watched {
  readonly key: string;
  readonly standing: ReturnType<typeof standingOf>;
  dueMs: number;
  isServed: boolean;
  asks: number;
  lastCode: string | undefined;
}

export const isAwake = ({ scheduler }: World, { process }: Worker): boolean =>
  process.pausedUntilMs <= scheduler.nowMs();

/** Until when an attempt keeps its account whose owner says nothing; undefined where its owner does, or can. */
const silentUntilMs = (world: World, key: string): number | undefined => {
  const attempt = world.record(key)?.attempt;
  if (attempt === undefined || attempt.unknown) return undefined;
  const { attemptTtlMs, settleMs, recoveryNoticeMs } = world.policy;
  return attempt.startedAt + attemptTtlMs + settleMs + recoveryNoticeMs - world.trueMs() + world.scheduler.nowMs();
};

/** When an account has to be served at the latest, as far as is known by now: an answer may still be on its way. */
const dueOf = (world: World, key: string, wellMs: number, { withinMs, everyMs, rounds }: Expected): number => {
  // Notes are dated by hosts: one whose clock is an hour behind counts the hour of a refused client an hour later.
  const behindMs = rounds > 2 && world.hasJumped() ? hourMs : 0;
  const restedMs = Math.max(wellMs, world.namedUntilMs()) + withinMs + behindMs;
  return Math.max(restedMs, silentUntilMs(world, key) ?? 0) + rounds * everyMs;
};

/** Nobody can promise anything where clocks jumped under a store without one, nobody could ask, or a person has to act. */
const isExempt = (world: World, { key, standing, lastCode, asks }: Watched, expected: Expected): boolean => {
  const now = standingOf(world, key);
  const stands = now !== undefined && standing !== undefined && now.incarnation === standing.incarnation;
  const isTimeless = world.hasJumped() && world.plan.clock === 'host';
  const last = world.ledger.requests.findLast((request) => request.key === key);
  const { refreshToken } = world.ledger.tokensOf(world.record(key));
  const isOurs =
    last === undefined ||
    refreshToken === undefined ||
    applicationOf(last.client) === world.oracle.applicationOf(refreshToken);
  // That a client was refused once is another matter, which takes an hour.
  const isRefused = lastCode === 'ERR_CLIENT_REJECTED' && (expected === afterOutage || world.plan.swapsClients);
  const isUnasked = asks * expected.everyMs < 0.8 * expected.withinMs;
  return !stands || isUnasked || !isOurs || isTimeless || isRefused || world.plan.policy.recovery === 'never';
};

/** Everything but the past is fair from now on: asks for every account until each is served, and says which was not in time. */
export const watchRecovery = (world: World, weather: Weather, expected: Expected): void => {
  const { scheduler } = world;
  const wellMs = scheduler.nowMs();
  const accounts = world.keys.map((key): Watched => {
    const dueMs = dueOf(world, key, wellMs, expected);
    return { key, standing: standingOf(world, key), dueMs, isServed: false, asks: 0, lastCode: undefined };
  });
  weather.isFair = true;
  world.trace.add(`  all is well after ${expected.why}`);

  const ask = (account: Watched): void => {
    const awake = world.workers().filter((worker) => isAwake(world, worker));
    const isSilent = silentUntilMs(world, account.key) !== undefined;
    const one = awake[world.random.below(awake.length)];
    if (one !== undefined) account.asks += 1;
    for (const worker of isSilent ? awake : one === undefined ? [] : [one]) {
      callToken(world, worker, account.key, {}, (token, code) => {
        account.isServed ||= token !== undefined;
        account.lastCode = code;
      });
    }
  };
  const round = (): void => {
    for (const account of accounts) {
      if (account.isServed) continue;
      account.dueMs = Math.max(account.dueMs, dueOf(world, account.key, wellMs, expected));
      if (scheduler.nowMs() < account.dueMs) ask(account);
      else if (!isExempt(world, account, expected)) {
        account.isServed = true;
        const sinceMs = scheduler.nowMs() - account.dueMs + expected.withinMs;
        world.violation(`I10: ${account.key} is not served ${sinceMs} ms after ${expected.why} (${account.lastCode})`);
      }
    }
    const isOver = accounts.every(({ isServed, dueMs }) => isServed || scheduler.nowMs() >= dueMs);
    weather.isFair = !isOver;
    if (isOver) return;
    world.hold(scheduler.nowMs() + expected.everyMs + 1);
    later(world, 'callers ask', expected.everyMs, round);
  };
  round();
};

/** Something that the world does by itself. */
export const later = ({ scheduler }: World, what: string, ms: number, run: () => void): void =>
  scheduler.add({ what, atMs: scheduler.nowMs() + ms, owner: undefined, isTimer: true, run });
