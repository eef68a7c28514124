import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { withdrawAttempt } from '../../domain/finish-attempt.js';
import {
  attemptDatedAt,
  nowByOwnersClock,
  beginAttempt,
  type BeginRequest,
  type Begun,
  type ClientStanding,
  type Notice,
} from '../../domain/renewal-protocol.js';
import type { AccountRecord, HostReading } from '../../domain/account-record.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import { isRepeatable, type Account } from '../accounts/account.js';
import type { Drafts } from '../accounts/drafts.js';
import type { HostTime } from '../store/host-time.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';
import { inPlace, type AttemptPlaces, type Place } from './attempt-places.js';
import type { Admission, ClientPauses } from '../accounts/client-pauses.js';
import { makeNotices } from './notices.js';
import type { Persist } from './persist.js';
import { hasFallback } from './renewability.js';
import type { OnWait } from '../use-case/telling-wait.js';
import { recoversAtOnce, type OwnAttempt } from './write-outcome.js';

/** What came of asking for leave to send. */
export interface RecordedAttempt {
  readonly begun: Begun;
  readonly attempt: Pick<OwnAttempt, 'id' | 'askedAtMonotonicMs'>;
  readonly admission: Admission;
  /** Of an attempt that has begun: to be left once it is finished. */
  readonly place: Place;
}

/** How long, by the monotonic clock, a slot of the client's rate may be waited for, and whether one has been taken already. */
export interface SlotWait {
  readonly untilMonotonicMs: number;
  readonly hasSlot: boolean;
  /** Nobody waits for the token: everybody who waits for another one goes first. */
  readonly unasked: boolean;
  /** Told of waits whose end is known. */
  readonly onWait: OnWait;
}

/**
 * Asks for leave to send one token request: waits until this process has a place for another attempt, then asks the client's
 * other accounts, then records the attempt.
 */
export type RecordAttempt = (account: Account, wait: SlotWait) => UseCase<RecordedAttempt>;

export interface RecordAttemptDeps {
  readonly drafts: Drafts;
  readonly clock: Clock;
  readonly hostTime: HostTime;
  readonly randomness: Randomness;
  readonly places: AttemptPlaces;
  readonly pauses: ClientPauses;
  readonly persist: Persist;
  readonly inBackground: (work: UseCase<unknown>) => void;
  /** Names this process in attempts, for people who look. */
  readonly owner: string;
}

/** What `beginAttempt` has to know of an account, besides the attempt itself. */
export const beginRequest = (
  account: Account,
  { epoch, asksForAll }: ClientStanding,
  attempt: Pick<BeginRequest, 'attemptId' | 'owner' | 'nowMs' | 'attemptNowMs' | 'hostClock' | 'notice'>,
): BeginRequest => ({
  incarnation: account.record.incarnation,
  generation: account.record.generation,
  credential: account.record.credential,
  client: account.client,
  epoch,
  asksForAll,
  policy: account.policy,
  repeatable: isRepeatable(account),
  recoversAtOnce: recoversAtOnce(account),
  hasFallback: hasFallback(account),
  ...attempt,
});

/** What would come of beginning with this standing, by the record that was read. */
const rehearsal =
  (account: Account, now: Pick<BeginRequest, 'nowMs' | 'attemptNowMs'>, notice: Notice | undefined) =>
  (standing: ClientStanding): Begun['_tag'] => {
    const request = beginRequest(account, standing, { attemptId: '', owner: '', ...now, notice });
    return beginAttempt(account.record, undefined, request).result._tag;
  };

/**
 * A write that records an attempt is tried so often, for so long: the same attempt again, since only its answer may have been
 * lost. A store that takes longer to fail is not asked again while somebody waits.
 */
const mostTries = 3;
const triedForMs = 1_000;

export const makeRecordAttempt = (deps: RecordAttemptDeps): RecordAttempt => {
  const { drafts, clock, hostTime, randomness, places, pauses, persist, inBackground, owner } = deps;
  const notices = makeNotices(clock);

  /** Read where the record is: a write may have waited in a line. */
  const nowFor = (current: AccountRecord | undefined): Pick<BeginRequest, 'nowMs' | 'attemptNowMs'> => ({
    nowMs: hostTime.nowMs(),
    attemptNowMs: nowByOwnersClock(current, hostClock()) ?? hostTime.nowMsFor(attemptDatedAt(current)),
  });

  const { bootId } = clock;
  const hostClock = (): HostReading | undefined =>
    bootId === undefined ? undefined : { bootId, sinceBootMs: Math.floor(clock.monotonicMs()) };

  /**
   * An attempt whose write was never answered is taken back, since nothing is sent under it. No answer depends on that, and
   * once the attempt has settled it may be recovered like any other.
   */
  const takeBack = (account: Account, attemptId: string): void => {
    const write = drafts.update(
      account.record,
      (current, serverNowMs) => withdrawAttempt(current, serverNowMs ?? clock.nowMs(), account.record, attemptId),
      { urgent: true },
    );
    const { attemptTtlMs, settleMs } = account.policy;
    const untilMonotonicMs = clock.monotonicMs() + attemptTtlMs + settleMs;
    inBackground(persist(write, account.policy, () => undefined, { isReplaceable: true, untilMonotonicMs }));
  };

  const write = (account: Account, request: BeginRequest, tries: number, sinceMs: number): UseCase<Begun> =>
    pipe(
      drafts.update(account.record, (current, serverNowMs) =>
        beginAttempt(current, serverNowMs, {
          ...request,
          ...nowFor(current),
          hostClock: serverNowMs === undefined ? hostClock() : undefined,
        }),
      ),
      TE.orElse((error) => {
        const isQuick = clock.monotonicMs() - sinceMs < triedForMs;
        if (tries < mostTries && isQuick) return write(account, request, tries + 1, sinceMs);
        takeBack(account, request.attemptId);
        return TE.left(error);
      }),
    );

  const begin = (
    account: Account,
    place: Place,
    { untilMonotonicMs, hasSlot, onWait }: SlotWait,
  ): UseCase<RecordedAttempt> =>
    steps(function* () {
      const { key } = account.record;
      const admission = yield* $(
        pauses.admit(account, {
          rehearse: rehearsal(account, nowFor(account.record), notices.known(key)),
          mostWaitMs: Math.max(0, untilMonotonicMs - clock.monotonicMs()),
          hasSlot,
          onWait,
        }),
      );
      const attempt = { id: randomness.token(12), askedAtMonotonicMs: clock.monotonicMs() };
      const asked = { attemptId: attempt.id, owner, ...nowFor(account.record), notice: notices.known(key) };
      const begun = yield* $(write(account, beginRequest(account, admission, asked), 1, attempt.askedAtMonotonicMs));
      if (begun._tag === 'RecoveryAnnounced') notices.saw(key, begun);
      return { begun, attempt, admission, place };
    });

  return (account, wait) =>
    pipe(
      TE.fromTask(places.enter(account, wait.unasked, wait.onWait)),
      TE.flatMap((place) => inPlace(place, begin(account, place, wait), ({ begun }) => begun._tag === 'Began')),
    );
};
