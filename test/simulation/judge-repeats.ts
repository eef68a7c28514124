import type { RecordedAttempt } from './attempt-book.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import type { SentRequest } from './ledger.js';

/** The numbers and rules by which repeats are judged. */
export interface RepeatRules {
  readonly attemptTtlMs: number;
  readonly settleMs: number;
  readonly recoveryNoticeMs: number;
  readonly recovery: RecoveryPolicy;
  /** Asking twice does no harm, and the library was told so. */
  readonly repeatable: boolean;
  /** The first recovery waits for no settle window. */
  readonly recoversAtOnce: boolean;
}

/** A request under its attempt, and those before it that may have been processed. */
export interface Repeat {
  readonly request: SentRequest;
  readonly attempt: RecordedAttempt;
  readonly earlier: readonly { readonly request: SentRequest; readonly attempt: RecordedAttempt | undefined }[];
  /** The store's clock is the world's. */
  readonly windowsHold: boolean;
  readonly nowMs: number;
}

/** When the attempt of an earlier request had surely ended: its owner has heard of it, or has been silent past its ttl. */
const endedMs = ({ request, attempt }: Repeat['earlier'][number], { attemptTtlMs }: RepeatRules): number =>
  request.heard === 'silent' ? (attempt?.datedMs ?? request.leftMs) + attemptTtlMs : request.heardMs;

/**
 * I1: a refresh token is never in two requests at once, unless the first one's owner has been silent past its ttl; each
 * repeat is recorded as a recovery, follows the last request that may have been processed after a whole settle window (the
 * first one of a provider with a time of grace after the end of the attempt), and that of a silent owner follows its notice.
 * Gives what is wrong.
 */
export const judgeRepeat = (repeat: Repeat, rules: RepeatRules): readonly string[] => {
  const { request, attempt, earlier, windowsHold, nowMs } = repeat;
  const wrong: string[] = [];
  const what = `I1: a refresh token of ${request.key} was sent again`;
  const { follows } = attempt;
  if (attempt.way === 'recovery' && follows !== undefined && !follows.isReported && !rules.repeatable) {
    const knownForMs = nowMs - (follows.announcedMs ?? Infinity);
    if (knownForMs < rules.recoveryNoticeMs) wrong.push(`${what} ${knownForMs} ms after it was announced`);
  }
  if (earlier.length === 0) return wrong;
  const isTogether = earlier.some((one) => nowMs < endedMs(one, rules));
  if (windowsHold && isTogether) wrong.push(`${what} while another request was under way`);
  if (rules.repeatable) return wrong;
  if (rules.recovery === 'never') wrong.push(`I1: the policy of ${request.key} forbids recovery`);
  if (attempt.way !== 'recovery') wrong.push(`${what} without a recorded recovery`);
  if (!windowsHold) return wrong;
  const isFirst = earlier.every((one) => one.attempt?.way === 'first');
  if (rules.recoversAtOnce && isFirst) return wrong;
  for (const one of earlier) {
    if (one.request.sentMs <= attempt.hurriedMs) continue;
    const sinceMs = nowMs - one.request.sentMs;
    if (sinceMs < rules.settleMs) wrong.push(`${what} ${sinceMs} ms after the request before`);
    if (one.attempt === undefined || one.attempt !== follows || follows.isReported) continue;
    const datedForMs = nowMs - one.attempt.datedMs;
    if (datedForMs < rules.attemptTtlMs + rules.settleMs) wrong.push(`${what} ${datedForMs} ms after it was begun`);
  }
  return wrong;
};
