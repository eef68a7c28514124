import type { RefreshPolicy } from './refresh-policy.js';

/** A stretch of time, in Unix milliseconds and milliseconds. Its length is kept, so that a clock set back cannot stretch it. */
export interface Span {
  readonly at: number;
  readonly forMs: number;
}

/** The pause that all accounts of a client keep while their provider is down; its end is one account's try. */
export interface SharedPause extends Span {
  /** How long the next one is at least. */
  readonly stepMs: number;
}

/**
 * What all accounts of one client know together, in all processes: that the provider limits them, that it is down, that it
 * refuses the client. It lives in a note of the store and says nothing secret.
 */
export interface ClientHealth {
  /** How often a success has ended the client's failures. Never falls. */
  readonly epoch: number;
  /** How many accounts in a row have failed since. */
  readonly failures: number;
  /** The account that failed last. */
  readonly lastKey?: string | undefined;
  readonly pause?: SharedPause | undefined;
  /** The provider answered 429: nobody asks meanwhile. */
  readonly limit?: Span | undefined;
  /** When an account last asked, for all, whether the client is still refused. */
  readonly rejectedAt?: number | undefined;
  /** Once a pause or a limit is over, and for as long as it goes on, everybody takes a slot before asking. */
  readonly pacing?: Span | undefined;
  /** Until the next slot is free, from when the last one was taken. */
  readonly nextSlot?: Span | undefined;
  /** Slots that are taken and still ahead, a limited number: whoever asks for the same account waits for the same slot. */
  readonly taken?: readonly TakenSlot[] | undefined;
}

/** An account's turn to ask: how long after it was taken. */
export interface TakenSlot extends Span {
  readonly key: string;
}

/** A client of which nothing is known. */
export const healthy: ClientHealth = Object.freeze({ epoch: 0, failures: 0 });

/** Hosts disagree about time by less than this; what is dated further ahead was dated by a clock that has been set back since. */
const toleranceMs = 60_000;

/** What is left of a stretch at `nowMs`, in milliseconds. */
export const leftOf = (span: Span | undefined, nowMs: number): number =>
  span === undefined || span.at > nowMs + toleranceMs
    ? 0
    : Math.max(0, Math.min(span.forMs, span.at + span.forMs - nowMs));

/** So many accounts of a client in a row have to fail before all of them pause. */
const failuresBeforePause = 3;

/** What failed, and when. */
export interface NotedFailure {
  readonly key: string;
  readonly nowMs: number;
  /** When its request was begun, in Unix milliseconds: pauses count from there. */
  readonly askedAtMs: number;
  /** It was the try at the end of a pause. */
  readonly probing: boolean;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** Another account found the provider down. Whoever was under way when the pause began says nothing new. */
export const noteFailure = (
  health: ClientHealth,
  { key, nowMs, askedAtMs, probing, retryAfterMs = 0 }: NotedFailure,
  { cooldownMinMs, cooldownMaxMs }: Pick<RefreshPolicy, 'cooldownMinMs' | 'cooldownMaxMs'>,
): ClientHealth => {
  const { pause } = health;
  if (pause !== undefined && !probing) return health;
  const failures = health.lastKey === key ? health.failures : health.failures + 1;
  const noted = { ...health, failures: Math.max(1, failures), lastKey: key };
  if (pause === undefined && noted.failures < failuresBeforePause) return noted;
  const stepMs = Math.min(cooldownMaxMs, pause === undefined ? cooldownMinMs : pause.stepMs * 2);
  const at = Math.min(askedAtMs, nowMs);
  return { ...noted, pause: { at, forMs: Math.max(stepMs, retryAfterMs), stepMs } };
};

/** How long after the last account that had to wait for a slot renewals are paced. */
const pacedForMs = 60_000;

/** Pacing from now on; one that goes on for longer stays. */
const pacedFrom = ({ pacing }: ClientHealth, nowMs: number): Span | undefined =>
  leftOf(pacing, nowMs) > pacedForMs ? pacing : { at: nowMs, forMs: pacedForMs };

/** The provider is there: the pause ends, and the others follow one after the other. */
const withoutPause = (health: ClientHealth, nowMs: number): ClientHealth => ({
  ...health,
  failures: 0,
  lastKey: undefined,
  pause: undefined,
  pacing: health.pause === undefined ? health.pacing : pacedFrom(health, nowMs),
});

/**
 * A success of one account ends every account's pause, and lifts the refusal of the client. An answer that had been given by
 * `answeredByMs`, before the client was refused, and was only read now tells nothing of the refusal.
 */
export const noteSuccess = (health: ClientHealth, nowMs: number, answeredByMs: number): ClientHealth => {
  if (!isTroubled(health)) return health;
  const ended = withoutPause(health, nowMs);
  return answeredByMs < (health.rejectedAt ?? -Infinity)
    ? ended
    : { ...ended, epoch: health.epoch + 1, rejectedAt: undefined };
};

/**
 * The try at the end of a pause was answered, though with no token: the provider is there, and the others need not wait for an
 * account that it will not serve. It tells nothing of the client, and lifts nothing else.
 */
export const noteAnswer = (health: ClientHealth, nowMs: number): ClientHealth =>
  health.pause === undefined ? health : withoutPause(health, nowMs);

/** Whether a success would change anything. */
export const isTroubled = ({ failures, pause, rejectedAt }: ClientHealth): boolean =>
  failures > 0 || pause !== undefined || rejectedAt !== undefined;

/** At the end of a pause one account takes it upon itself to ask; until its answer is here the others go on pausing. */
export const claimProbe = (
  health: ClientHealth,
  nowMs: number,
  { requestTimeoutMs }: Pick<RefreshPolicy, 'requestTimeoutMs'>,
): ClientHealth | undefined => {
  const { pause } = health;
  if (pause === undefined || leftOf(pause, nowMs) > 0) return undefined;
  return { ...health, pause: { ...pause, at: nowMs, forMs: Math.max(pause.stepMs, requestTimeoutMs) } };
};

/** The provider asked this client to wait for so long. Those who waited follow one after the other. */
export const noteLimit = (health: ClientHealth, nowMs: number, ms: number): ClientHealth => {
  const forMs = Math.max(ms, leftOf(health.limit, nowMs));
  return { ...health, limit: { at: nowMs, forMs }, pacing: { at: nowMs, forMs: forMs + pacedForMs } };
};

const hourMs = 3_600_000;

/**
 * A refused client is asked about once an hour, by one account for all; undefined when that has been done. `refusedAt` is
 * when this account was refused: it waits an hour itself, and where the note was lost nothing else says when.
 */
export const claimRejected = (health: ClientHealth, nowMs: number, refusedAt: number): ClientHealth | undefined => {
  const { rejectedAt = refusedAt } = health;
  const isPast = (at: number): boolean => nowMs >= at + hourMs || at > nowMs + toleranceMs;
  return isPast(rejectedAt) && isPast(refusedAt) ? { ...health, rejectedAt: nowMs } : undefined;
};

/** The provider refused the client. The hour counts from the first refusal: accounts that are refused within it do not put it off. */
export const noteRejected = (health: ClientHealth, nowMs: number): ClientHealth =>
  health.rejectedAt === undefined || nowMs >= health.rejectedAt + hourMs ? { ...health, rejectedAt: nowMs } : health;

/**
 * The account that asked for all was refused itself, and nothing was said of the client: another account may ask at once. Else
 * accounts that the provider will not serve take the hour from those that it would.
 */
export const noteUndecided = (health: ClientHealth, nowMs: number): ClientHealth =>
  health.rejectedAt === undefined ? health : { ...health, rejectedAt: nowMs - hourMs };

/** An operator wants the next call to ask: pauses and limits end. */
export const forgetPauses = (health: ClientHealth): ClientHealth => ({
  epoch: health.epoch + 1,
  failures: 0,
  pacing: health.pacing,
  nextSlot: health.nextSlot,
  taken: health.taken,
});

/** Who asks for a slot of the client's rate, and how long it would wait for it. */
export interface SlotRequest {
  readonly key: string;
  readonly nowMs: number;
  readonly spacingMs: number;
  readonly mostMs: number;
}

/** A slot of the client's rate: how long to wait for it. */
export interface Slot {
  readonly health: ClientHealth;
  readonly waitMs: number;
}

/** More slots than these are not remembered by account: the note is written anew for each slot. */
const mostTaken = 256;

/**
 * The next free slot, `spacingMs` after the one before; one further ahead than `mostMs` is not taken. An account has one slot
 * ahead, whichever process asks: only one of them will send.
 */
export const takeSlot = (health: ClientHealth, { key, nowMs, spacingMs, mostMs }: SlotRequest): Slot => {
  const ahead = (health.taken ?? []).filter((slot) => leftOf(slot, nowMs) > 0);
  const own = ahead.find((slot) => slot.key === key);
  if (own !== undefined) return { health, waitMs: leftOf(own, nowMs) };
  const waitMs = leftOf(health.nextSlot, nowMs);
  if (waitMs > mostMs) return { health, waitMs };
  const pacing = waitMs > 0 && health.pacing !== undefined ? pacedFrom(health, nowMs) : health.pacing;
  const taken = ahead.length < mostTaken ? [...ahead, { key, at: nowMs, forMs: waitMs }] : ahead;
  return { health: { ...health, pacing, nextSlot: { at: nowMs, forMs: waitMs + spacingMs }, taken }, waitMs };
};

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;

const numberOf = (value: unknown, name: string): number | undefined => {
  const found = fieldOf(value, name);
  return isNumber(found) ? found : undefined;
};

const spanOf = (value: unknown): Span | undefined => {
  const at = numberOf(value, 'at');
  const forMs = numberOf(value, 'forMs');
  return at === undefined || forMs === undefined ? undefined : { at, forMs };
};

const takenOf = (value: unknown): readonly TakenSlot[] | undefined =>
  Array.isArray(value)
    ? value.flatMap((slot) => {
        const key = fieldOf(slot, 'key');
        const span = spanOf(slot);
        return typeof key === 'string' && span !== undefined ? [{ key, ...span }] : [];
      })
    : undefined;

/** Reads the note back; what cannot be read is as if nothing were known. */
export const parseClientHealth = (text: string | undefined): ClientHealth => {
  if (text === undefined) return healthy;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return healthy;
  }
  const lastKey = fieldOf(value, 'lastKey');
  const pause = fieldOf(value, 'pause');
  const pauseSpan = spanOf(pause);
  return {
    epoch: numberOf(value, 'epoch') ?? 0,
    failures: numberOf(value, 'failures') ?? 0,
    lastKey: typeof lastKey === 'string' ? lastKey : undefined,
    pause: pauseSpan && { ...pauseSpan, stepMs: numberOf(pause, 'stepMs') ?? pauseSpan.forMs },
    limit: spanOf(fieldOf(value, 'limit')),
    rejectedAt: numberOf(value, 'rejectedAt'),
    pacing: spanOf(fieldOf(value, 'pacing')),
    nextSlot: spanOf(fieldOf(value, 'nextSlot')),
    taken: takenOf(fieldOf(value, 'taken')),
  };
};

/** What the note says. */
export const formatClientHealth = (health: ClientHealth): string => JSON.stringify(health);
