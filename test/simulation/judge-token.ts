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
  /** The worker had opened the store by then: callers wait for that whatever their patience. */
  readonly isReady: boolean;
  readonly known: Token | undefined;
  readonly knownIncarnation: string | undefined;
  /** The access tokens that this worker had been told about by then. */
  readonly refused: ReadonlySet<string>;
  /** What this worker had ended itself by then. */
  readonly removed: ReadonlySet<string> | undefined;
  readonly standing: Standing | undefined;
}

/** A grant whose refresh token the provider would take. */
export interface Standing {
  readonly incarnation: string;
  readonly generation: number;
}

export const standingOf = (world: World, key: string): Standing | undefined => {
  const record = world.record(key);
  const { refreshToken } = world.ledger.tokensOf(record);
  if (record === undefined || refreshToken === undefined || !world.oracle.lives(refreshToken)) return undefined;
  return { incarnation: record.incarnation, generation: record.generation };
};

/** I9: nobody is told to authorize again while the refresh token held all the time would be taken. */
export const judgeTold = (world: World, key: string, standing: Standing | undefined, who: string): void => {
  const now = standingOf(world, key);
  const stood = now?.incarnation === standing?.incarnation && now?.generation === standing?.generation;
  if (now === undefined || !stood || world.plan.policy.recovery === 'never') return;
  world.violation(`I9: ${who} told to authorize ${key} again, although its refresh token lives`);
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
    pausedMs: pausedMsOf(world, worker),
    isReady: worker.isReady,
    known,
    knownIncarnation: incarnationOf(world, known),
    refused: new Set(worker.refused),
    removed: worker.removed.get(key),
    standing: standingOf(world, key),
  };
};

/** How long a worker has been paused by now. */
const pausedMsOf = ({ scheduler }: World, { process }: Worker): number =>
  process.pausedMs - Math.max(0, process.pausedUntilMs - scheduler.nowMs());

/** A caller is let go once its patience is over, pauses of its process aside. */
const judgeWait = (world: World, { worker, need, calledMs, pausedMs, isReady }: TokenCall): void => {
  const waitedMs = world.scheduler.nowMs() - calledMs - (pausedMsOf(world, worker) - pausedMs);
  if (isReady && waitedMs > (need.patienceMs ?? world.policy.patienceMs)) {
    world.violation(`${worker.name} kept a caller waiting for ${waitedMs} ms`);
  }
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
  if (place.invalidated) {
    violation(`${worker.name} handed out a token of ${key} that had to be renewed first`);
  }
  if (call.refused.has(accessToken)) {
    violation(`${worker.name} handed out a token of ${key} that it knew an API had refused`);
  }
  if (need.force === true && known !== undefined && place.incarnation === call.knownIncarnation) {
    if (token.generation <= known.generation) violation(`${worker.name} was forced and gave the token it had`);
  }
  if (known !== undefined && place.incarnation !== call.knownIncarnation) worker.mixed.add(key);
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
  const { worker, key, need } = call;
  judgeWait(world, call);
  if (error.code === 'ERR_REAUTHORIZATION_REQUIRED' || error.code === 'ERR_UNKNOWN_KEY') {
    judgeTold(world, key, call.standing, worker.name);
  }
  if (['ERR_DECRYPTION_FAILED', 'ERR_UNTRUSTED_ADDRESS', 'ERR_STATE_MISMATCH'].includes(error.code)) {
    world.violation(`${worker.name} gave ${error.code} for ${key}`);
  }
  judgeRetryAfter(world, worker, key, error);
  if (need.force !== true && need.minValidMs === undefined && error.code !== 'ERR_ABORTED')
    judgeStale(world, call, error);
};

/** The longest that a process is held up, or a store is. */
const longestPauseMs = 250_000;

/** I6: nobody is told to wait longer than it takes, unless the provider itself said so. */
const judgeRetryAfter = (world: World, worker: Worker, key: string, error: LlaveroError): void => {
  const { attemptTtlMs, settleMs, recoveryNoticeMs, cooldownMaxMs } = world.policy;
  // A store without a clock is judged by when a caller asked, and a slow store answers later.
  const slackMs = world.plan.clock === 'server' ? 0 : 30_000;
  const longest: Readonly<Record<string, number>> = {
    ERR_OUTCOME_UNKNOWN: Math.max(cooldownMaxMs, attemptTtlMs + settleMs + recoveryNoticeMs),
    ERR_PROVIDER_UNAVAILABLE: Math.max(cooldownMaxMs, attemptTtlMs),
  };
  // A rest that the provider asked for is dated when the store takes it, some writes later, and told when its process goes on.
  const { store, pause } = world.plan.trouble;
  const delayMs = 200 + (store > 0 || pause > 0 ? longestPauseMs : 0);
  const named = world.namedUntilMs() + delayMs - world.scheduler.nowMs();
  const bound = Math.max(longest[error.code] ?? Infinity, named) + slackMs;
  if ((error.retryAfterMs ?? 0) > bound && (world.plan.clock === 'server' || !world.hasJumped())) {
    world.violation(`I6: ${worker.name} gave ${error.code} for ${key} and ${error.retryAfterMs} ms to wait`);
  }
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
    !worker.mixed.has(key) &&
    !world.ledger.hadUnusable(key);
  if (isValid && isHeld) world.violation(`${worker.name} gave ${code} for ${key} although it held a valid token`);
};
