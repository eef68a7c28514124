import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import type { Fate } from './kill-points.js';
import type { KillStory, Reached } from './kill-story.js';
import type { WorkerProcess } from './worker-process.js';

/** What became of an account whose process died, and what was seen of it on the way. */
export interface KillEnding {
  readonly story: KillStory;
  readonly fate: Fate | 'something else' | 'never at the point';
  /** States and answers in the order in which they were seen; repetitions left out. */
  readonly seen: readonly string[];
  /** By the provider's own count it rotated, and the answer was not committed. */
  readonly inWindow: boolean;
  /** The most requests that carried one refresh token. */
  readonly sendings: number;
  /** The most requests that carried one code. */
  readonly codeSendings: number;
  readonly recoveries: number;
  /** How long the recovery had been announced when it was sent, where the owner of the attempt had said nothing. */
  readonly noticedMs?: number;
  /** Accounts whose writes stood in the transaction that the process died in. */
  readonly inTransaction: readonly string[];
  /** Works to the end: it renews once more, or a person connects it again. */
  readonly worksAgain: boolean;
}

const { attemptTtlMs, settleMs, recoveryNoticeMs } = defaultRefreshPolicy;

/** After the attempt's ttl, and after its settle window. */
const endedMs = attemptTtlMs + 1_000;
export const settledMs = endedMs + settleMs;

/** Moments at which a second process looks, by its wall clock: now, after the attempt's ttl, after the settle window. */
export const looksMs = [0, endedMs, settledMs] as const;

/** Longer than a recovery is announced for, which no clock but the monotonic one says: it passes as it does in production. */
const patienceMs = recoveryNoticeMs + 30_000;

const lastLook = looksMs.length - 1;

/**
 * Lets a second process finish a story: its three llaveros live at the moments of {@link looksMs}, so that nothing but the
 * notice of a recovery is waited for. A story whose process never came to its point has no fate.
 */
export const finishStory = async (story: KillStory, worker: WorkerProcess, reached: Reached): Promise<KillEnding> => {
  const { key, standIn, point } = story;
  const seen: string[] = [];
  const see = (what: string): void => void (seen.at(-1) === what ? 0 : seen.push(what));
  const status = async (at: number): Promise<{ readonly state: string; readonly generation: number }> => {
    const { value, error } = await worker.call('status', [key], at);
    const found = value ?? { state: error?.code ?? '', generation: 0 };
    see(found.state);
    return found;
  };
  const tokenRequests = (): number => standIn.requests.filter(({ endpoint }) => endpoint === 'token').length;

  const before = tokenRequests();
  const rotations = standIn.requests.filter(({ grant, accepted }) => grant === 'refresh_token' && accepted).length;
  const { generation: committed, state: left } = await status(0);
  // An owner that had said that it could not tell holds no answer, and its recovery needs no notice.
  const silent = left === 'renewing';
  const inWindow = point.flow === 'renewal' && rotations > committed - 1;

  let generation = 0;
  let tookMs = 0;
  for (const at of looksMs.keys()) {
    const { state } = await status(at);
    const askedAtMs = performance.now();
    const waits = state === 'renewing' ? { patienceMs: 0 } : { patienceMs };
    const { value, error } = await worker.call('token', [key, waits], at);
    tookMs = performance.now() - askedAtMs;
    see(error === undefined ? 'token' : [error.code, error.cause].filter((word) => word !== undefined).join(' '));
    await status(at);
    generation = value?.generation ?? 0;
    if (generation > 0 || error?.code === 'ERR_REAUTHORIZATION_REQUIRED') break;
  }
  const sent = tokenRequests() - before;

  const renewals = worker.events().filter(({ type, key: of }) => type === 'renewal_started' && of === key);
  const recoveries = renewals.filter((event) => event.type === 'renewal_started' && event.recovery).length;
  const dead = generation === 0;
  const again = dead
    ? await worker.call('exchange', [key, story.newCode()], lastLook)
    : await worker.call('token', [key, { force: true }], lastLook);
  const { state: end } = await status(lastLook);

  return {
    story,
    fate: !reached.there ? 'never at the point' : fateOf({ seen, generation, committed, sent, recoveries }),
    seen,
    inWindow,
    sendings: Math.max(0, ...standIn.refreshTokenUses.values()),
    codeSendings: mostAlike(
      standIn.requests.flatMap(({ form = [] }) => form.filter(([name]) => name === 'code')).map(([, code]) => code),
    ),
    recoveries,
    ...(recoveries > 0 && silent ? { noticedMs: tookMs } : {}),
    inTransaction: reached.inTransaction,
    worksAgain: again.value?.generation === (dead ? committed : generation) + 1 && end === 'ready',
  };
};

const mostAlike = (texts: readonly string[]): number => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};

interface Evidence extends Pick<KillEnding, 'seen' | 'recoveries'> {
  /** Of the token that was given in the end, 0 for none; and of the one that was in the store when the process had died. */
  readonly generation: number;
  readonly committed: number;
  /** How many token requests the second process sent. */
  readonly sent: number;
}

const fateOf = ({ seen, generation, committed, sent, recoveries }: Evidence): Fate | 'something else' => {
  const after = (first: string, then: string): boolean =>
    seen.includes(first) && seen.includes(then) && seen.indexOf(first) < seen.indexOf(then);
  const unresolved = 'ERR_REAUTHORIZATION_REQUIRED outcome_unresolved';
  if (generation > 0) {
    if (generation === committed && sent === 0) return 'kept';
    if (generation !== committed + 1 || sent !== 1) return 'something else';
    return recoveries === 1 ? 'recovered' : 'renewed';
  }
  const said =
    after('outcome_unknown', 'reauthorization_required') &&
    after('ERR_OUTCOME_UNKNOWN', unresolved) &&
    after(unresolved, 'reauthorization_required');
  if (said && sent === 1 && recoveries === 1) return 'lost and said';
  const never = seen.includes('unauthorized') && seen.includes('ERR_REAUTHORIZATION_REQUIRED never_authorized');
  return never && sent === 0 ? 'unauthorized' : 'something else';
};
