import type { LlaveroError } from '../../src/app/llavero-error.js';
import type { TokenOptions } from '../../src/app/llavero.js';
import type { Token } from '../../src/domain/token.js';
import { watchOutput } from './outputs.js';
import type { World, Worker } from './world.js';

/** What the world looked like when a caller asked for a token. */
export interface TokenCall {
  readonly worker: Worker;
  readonly key: string;
  readonly need: TokenOptions;
  readonly calledMs: number;
  readonly calledWallMs: number;
  readonly pausedMs: number;
  readonly known: Token | undefined;
  readonly knownIncarnation: string | undefined;
  /** The access tokens that this worker had been told about by then. */
  readonly refused: ReadonlySet<string>;
  /** What this worker had ended itself by then. */
  readonly removed: ReadonlySet<string> | undefined;
  readonly standing: Standing | undefined;
}

/** A grant that nothing is wrong with. */
interface Standing {
  readonly incarnation: string;
  readonly generation: number;
}

const standingOf = (world: World, key: string): Standing | undefined => {
  const record = world.record(key);
  if (record?.token === undefined || record.attempt !== undefined) return undefined;
  if (record.failure?.terminal !== undefined) return undefined;
  const { refreshToken } = world.ledger.tokensOf(record);
  if (refreshToken === undefined || !world.oracle.lives(refreshToken)) return undefined;
  return { incarnation: record.incarnation, generation: record.generation };
};

const incarnationOf = (world: World, token: Token | undefined): string | undefined =>
  token === undefined ? undefined : world.ledger.committedAt(token.accessToken.expose()).at(-1)?.incarnation;

export const tokenCall = (world: World, worker: Worker, key: string, need: TokenOptions): TokenCall => {
  const known = worker.handedOut.get(key);
  return {
    worker,
    key,
    need,
    calledMs: world.scheduler.nowMs(),
    calledWallMs: world.wallMs(worker.process),
    pausedMs: worker.process.pausedMs,
    known,
    knownIncarnation: incarnationOf(world, known),
    refused: new Set(worker.refused),
    removed: worker.removed.get(key),
    standing: standingOf(world, key),
  };
};

/** No caller waits longer than this, pauses of its process aside. */
const longestWaitMs = 180_000;

const judgeWait = (world: World, { worker, calledMs, pausedMs }: TokenCall): void => {
  const waitedMs = world.scheduler.nowMs() - calledMs - (worker.process.pausedMs - pausedMs);
  if (waitedMs > longestWaitMs) world.violation(`${worker.name} kept a caller waiting for ${waitedMs} ms`);
};

/** What no token that is handed out may be. */
export const judgeToken = (world: World, call: TokenCall, token: Token): void => {
  const { worker, key, need, known } = call;
  const { ledger, violation } = world;
  judgeWait(world, call);
  watchOutput(world, `a token of ${key}`, token);
  const accessToken = token.accessToken.expose();
  const places = ledger.committedAt(accessToken);
  const place = places.findLast((at) => at.key === key && at.generation === token.generation);
  if (place === undefined) {
    const where = places.length === 0 ? 'never' : 'elsewhere';
    violation(`I5: ${worker.name} handed out a token of ${key} that was committed ${where}`);
    return;
  }
  if (call.removed?.has(place.incarnation) === true) {
    violation(`I7: ${worker.name} handed out a token of ${key} that it had removed itself`);
  }
  if (call.refused.has(accessToken)) {
    violation(`${worker.name} handed out a token of ${key} that it knew an API had refused`);
  }
  if (need.force === true && known !== undefined && place.incarnation === call.knownIncarnation) {
    if (token.generation <= known.generation) violation(`${worker.name} was forced and gave the token it had`);
  }
  if (!world.hasJumped()) judgeValidity(world, call, token);
  worker.handedOut.set(key, token);
};

const judgeValidity = (world: World, { worker, key, need, calledWallMs }: TokenCall, token: Token): void => {
  const lifeMs = token.expiresAt.getTime() - token.obtainedAt.getTime();
  const leftMs = token.expiresAt.getTime() - calledWallMs;
  if (leftMs <= 0) world.violation(`${worker.name} handed out a token of ${key} that had expired ${-leftMs} ms ago`);
  const asked = Math.min(need.minValidMs ?? 0, lifeMs - Math.min(30_000, lifeMs / 10));
  if (leftMs < asked) world.violation(`${worker.name} handed out a token of ${key} valid for less than asked`);
};

/** What no refusal of a token may be. */
export const judgeRefusal = (world: World, call: TokenCall, error: LlaveroError): void => {
  const { worker, key, need, standing } = call;
  const { policy } = world.plan;
  judgeWait(world, call);
  const now = standingOf(world, key);
  const stood =
    now !== undefined && now.incarnation === standing?.incarnation && now.generation === standing.generation;
  const isTerminal = ['ERR_REAUTHORIZATION_REQUIRED', 'ERR_UNKNOWN_KEY'].includes(error.code);
  if (isTerminal && stood && !world.hasJumped()) {
    world.violation(`${worker.name} gave ${error.code} for ${key}, with which nothing was wrong`);
  }
  if (['ERR_DECRYPTION_FAILED', 'ERR_UNTRUSTED_ADDRESS', 'ERR_STATE_MISMATCH'].includes(error.code)) {
    world.violation(`${worker.name} gave ${error.code} for ${key}`);
  }
  // A store without a clock is judged by when a caller asked, and a slow store answers later.
  const slackMs = world.plan.clock === 'server' ? 0 : 30_000;
  const unresolvedMs = policy.attemptTtlMs + policy.settleMs + slackMs;
  const longest = { ERR_OUTCOME_UNKNOWN: unresolvedMs, ERR_PROVIDER_UNAVAILABLE: 60_000 + slackMs };
  const bound =
    error.code === 'ERR_OUTCOME_UNKNOWN' || error.code === 'ERR_PROVIDER_UNAVAILABLE' ? longest[error.code] : Infinity;
  if ((error.retryAfterMs ?? 0) > bound && (world.plan.clock === 'server' || !world.hasJumped())) {
    world.violation(`I6: ${worker.name} gave ${error.code} for ${key} and ${error.retryAfterMs} ms to wait`);
  }
  if (need.force !== true && need.minValidMs === undefined && error.code !== 'ERR_ABORTED')
    judgeStale(world, call, error);
};

/** A valid token is served whatever becomes of its renewal. */
const judgeStale = (
  world: World,
  { worker, key, known, knownIncarnation }: TokenCall,
  { code }: LlaveroError,
): void => {
  if (known === undefined || knownIncarnation === undefined || world.hasJumped()) return;
  const isValid = world.wallMs(worker.process) < known.expiresAt.getTime();
  const isHeld =
    world.record(key)?.generation === known.generation &&
    !world.ledger.isDead(knownIncarnation) &&
    !world.wasRefused(known.accessToken.expose()) &&
    !worker.isClosing &&
    !world.ledger.hadUnusable(key);
  if (isValid && isHeld) world.violation(`${worker.name} gave ${code} for ${key} although it held a valid token`);
};
