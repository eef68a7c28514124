import { right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  claimProbe,
  claimRejected,
  forgetPauses,
  formatClientHealth,
  isTroubled,
  leftOf,
  noteAnswer,
  noteFailure,
  noteLimit,
  noteRejected,
  noteSuccess,
  noteUndecided,
  parseClientHealth,
  takeSlot,
  type ClientHealth,
} from '../../domain/client-health.js';
import type { Begun, ClientStanding } from '../../domain/renewal-protocol.js';
import { longestPauseMs } from '../../domain/rotation.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore, WriteOptions } from '../../ports/token-store.js';
import type { Account } from './account.js';
import { storeFailed } from '../store/store-failed.js';
import { $, steps } from '../use-case/steps.js';
import type { OnWait } from '../use-case/telling-wait.js';
import type { StoreClock } from '../store/store-clock.js';

/** What pausing has to know of an account. */
export type PausingAccount = Pick<Account, 'provider' | 'client' | 'record' | 'policy'>;

/** Leave to ask the provider, and what is known of the client. */
export interface Admission extends ClientStanding {
  /** This is the one try at the end of a shared pause. */
  readonly probing: boolean;
  /** A success has something to end. */
  readonly isTroubled: boolean;
  /** By the store's clock, in Unix milliseconds. */
  readonly askedAtMs: number;
}

/** What would come of beginning with this standing: nobody claims to ask for all who then cannot. */
export type Rehearse = (standing: ClientStanding) => Begun['_tag'];

export interface Admitting {
  readonly rehearse: Rehearse;
  /** How long a slot of the client's rate may be waited for. */
  readonly mostWaitMs: number;
  /** The caller has taken a slot already. */
  readonly hasSlot: boolean;
  /** Told of the wait for a slot. */
  readonly onWait: OnWait;
}

/**
 * What all accounts of one client heed together, in every process on this store: a 429, an outage, a refused client. While
 * the provider is down one account asks at the end of each pause; its success ends the pause of all, who follow paced.
 */
export interface ClientPauses {
  /** Left while the client waits. Writes nothing while nothing is wrong. */
  readonly admit: (account: PausingAccount, admitting: Admitting) => TE.TaskEither<TokenError, Admission>;
  /** Left while the client waits; claims nothing. */
  readonly check: (account: PausingAccount) => TE.TaskEither<TokenError, void>;
  /** What is known of the client; `asksForAll` when an account may ask, for all, whether it is still refused. Claims nothing. */
  readonly standing: (account: PausingAccount) => TE.TaskEither<TokenError, ClientStanding>;
  /** A token of the account was committed, or its grant ended by a verdict: the provider is well and takes the client. */
  readonly succeeded: (account: PausingAccount, admission: Admission) => TE.TaskEither<TokenError, void>;
  /**
   * The provider refused the request and gave no verdict, or the account is unavailable: where it was the try at the end of a
   * pause, the pause ends; where it asked for all whether the client is still refused, another may ask.
   */
  readonly answered: (account: PausingAccount, admission: Admission) => TE.TaskEither<TokenError, void>;
  /** The provider could not be reached, or answered with something that is no answer. */
  readonly failed: (
    account: PausingAccount,
    admission: Admission,
    retryAfterMs?: number,
  ) => TE.TaskEither<TokenError, void>;
  /** The provider asked the client to wait for so long. */
  readonly limited: (account: PausingAccount, ms: number) => TE.TaskEither<TokenError, void>;
  readonly rejected: (account: PausingAccount) => TE.TaskEither<TokenError, void>;
  /** Waits by `sleep` for a slot of the provider's documented rate, where it has one. */
  readonly pace: (account: PausingAccount, sleep: (ms: number) => Promise<void>) => TE.TaskEither<TokenError, void>;
  /** An operator wants the next call to ask. */
  readonly forget: (account: PausingAccount) => TE.TaskEither<TokenError, void>;
}

/** Renewals take this part of a provider's documented rate; the rest is for the application's own calls. */
const shareOfRate = 0.5;
/** So many renewals a second follow each other after an outage where no rate is documented. */
const mostPerSecond = 50;

const noteName = ({ provider, client }: PausingAccount): string => `client/${provider.id}/${client}`;

const spacingMs = ({ provider: { requestRate: rate } }: PausingAccount): number =>
  rate === undefined ? 1_000 / mostPerSecond : Math.ceil(rate.perMs / (rate.requests * shareOfRate));

/** How long pauses are, at the least and at the most. */
const pauseRange = ({ policy: { cooldownMinMs, cooldownMaxMs }, provider }: PausingAccount) => ({
  cooldownMinMs,
  cooldownMaxMs: Math.max(cooldownMinMs, longestPauseMs(provider.rotation, cooldownMaxMs)),
});

/** When the account was refused for its client; undefined when it was not. */
const refusedAtOf = ({ record: { failure } }: PausingAccount): number | undefined =>
  failure?.terminal === 'client_rejected' ? failure.at : undefined;

const mayAskForAll = (account: PausingAccount, health: ClientHealth, nowMs: number): boolean => {
  const refusedAt = refusedAtOf(account);
  return refusedAt !== undefined && claimRejected(health, nowMs, refusedAt) !== undefined;
};

const outage = 'the provider has been failing, and another account asks again first';

export const makeClientPauses = ({
  store,
  clock,
  storeClock,
}: {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly storeClock: Pick<StoreClock, 'nowMs'>;
}): ClientPauses => {
  const read = (account: PausingAccount): TE.TaskEither<TokenError, ClientHealth> =>
    pipe(store.readNote(noteName(account)), TE.bimap(storeFailed(account.record.key), parseClientHealth));

  /** Writes what a rule makes of the note; undefined leaves it. Gives whether it was changed. */
  const change = (
    account: PausingAccount,
    rule: (health: ClientHealth) => ClientHealth | undefined,
    options?: WriteOptions,
  ): TE.TaskEither<TokenError, boolean> =>
    pipe(
      store.updateNote(
        noteName(account),
        (text) => {
          const before = parseClientHealth(text);
          const after = rule(before);
          return after === undefined || after === before
            ? { text, result: false }
            : { text: formatClientHealth(after), result: true };
        },
        options,
      ),
      TE.mapError(storeFailed(account.record.key)),
    );

  /** Notes that this process writes a claim into at the moment. */
  const claiming = new Set<string>();

  /**
   * Gives whether this account is the one that asks for all. Only where the note that was read leaves that open, and no other
   * account of this process is at it, is anything written: a herd at the end of a pause takes one write lock a process.
   */
  const claimOnce = (
    account: PausingAccount,
    health: ClientHealth,
    rule: (health: ClientHealth) => ClientHealth | undefined,
  ): TE.TaskEither<TokenError, boolean> => {
    const name = noteName(account);
    return async () => {
      if (rule(health) === undefined || claiming.has(name)) return right(false);
      claiming.add(name);
      return change(account, rule)().finally(() => claiming.delete(name));
    };
  };

  /** What an answer says of the client: others wait for it. */
  const changed = (account: PausingAccount, rule: (health: ClientHealth) => ClientHealth | undefined) =>
    pipe(
      change(account, rule, { urgent: true }),
      TE.map(() => undefined),
    );

  const waiting = ({ record: { key } }: PausingAccount, health: ClientHealth): TokenError | undefined => {
    const nowMs = storeClock.nowMs();
    const limitedMs = leftOf(health.limit, nowMs);
    if (limitedMs > 0) return tokenError('RateLimited', { key, paused: true, retryAfterMs: limitedMs });
    const pausedMs = leftOf(health.pause, nowMs);
    return pausedMs > 0
      ? tokenError('ProviderUnavailable', { key, why: outage, paused: true, retryAfterMs: pausedMs })
      : undefined;
  };

  /** Whether this account is the one that asks for all, whatever keeps the others. */
  const claim = (
    account: PausingAccount,
    health: ClientHealth,
    rehearse: Rehearse,
  ): TE.TaskEither<TokenError, ClientStanding & { readonly probing: boolean }> =>
    steps(function* () {
      const { epoch } = health;
      const { key } = account.record;
      if (health.pause !== undefined && rehearse({ epoch, asksForAll: false }) === 'Began') {
        const probing = yield* $(
          claimOnce(account, health, (note) => claimProbe(note, storeClock.nowMs(), account.policy)),
        );
        if (!probing) {
          return yield* $(
            TE.left(
              tokenError('ProviderUnavailable', {
                key,
                why: outage,
                paused: true,
                retryAfterMs: account.policy.cooldownMinMs,
              }),
            ),
          );
        }
        return { epoch, asksForAll: false, probing };
      }
      const refusedAt = refusedAtOf(account);
      const forAll = { epoch, asksForAll: true };
      const rehearsed = rehearse(forAll);
      // The account that asked for all last may have left an attempt open: its recovery is announced before anybody claims to ask.
      if (rehearsed === 'RecoveryAnnounced' && mayAskForAll(account, health, storeClock.nowMs())) {
        return { ...forAll, probing: false };
      }
      const mayAsk =
        refusedAt !== undefined && rehearse({ epoch, asksForAll: false }) !== 'Began' && rehearsed === 'Began';
      const asksForAll =
        mayAsk && (yield* $(claimOnce(account, health, (note) => claimRejected(note, storeClock.nowMs(), refusedAt))));
      return { epoch, asksForAll, probing: false };
    });

  const sleepTelling =
    (onWait: OnWait) =>
    async (ms: number): Promise<void> => {
      const endsMs = clock.monotonicMs() + ms;
      onWait(() => endsMs - clock.monotonicMs());
      await clock.sleep(ms);
      onWait(undefined);
    };

  const slot = (
    account: PausingAccount,
    mostMs: number,
    sleep: (ms: number) => Promise<void>,
  ): TE.TaskEither<TokenError, void> =>
    pipe(
      store.updateNote(noteName(account), (text) => {
        const before = parseClientHealth(text);
        const asked = { key: account.record.key, nowMs: storeClock.nowMs(), spacingMs: spacingMs(account), mostMs };
        const { health, waitMs } = takeSlot(before, asked);
        return { text: health === before ? text : formatClientHealth(health), result: waitMs };
      }),
      TE.mapError(storeFailed(account.record.key)),
      TE.flatMap((waitMs): TE.TaskEither<TokenError, void> => {
        if (waitMs <= mostMs) return TE.fromTask(() => (waitMs > 0 ? sleep(waitMs) : Promise.resolve()));
        const why = 'the provider is well again, and accounts are renewed one after the other';
        return TE.left(
          tokenError('ProviderUnavailable', { key: account.record.key, why, paused: true, retryAfterMs: waitMs }),
        );
      }),
    );

  return {
    admit: (account, { rehearse, mostWaitMs, hasSlot, onWait }) =>
      steps(function* () {
        const health = yield* $(read(account));
        const wait = waiting(account, health);
        if (wait !== undefined) return yield* $(TE.left(wait));
        const standing = yield* $(claim(account, health, rehearse));
        if (!hasSlot && leftOf(health.pacing, storeClock.nowMs()) > 0 && rehearse(standing) === 'Began') {
          yield* $(slot(account, mostWaitMs, sleepTelling(onWait)));
        }
        // Where the note of a refusal was lost, the claim is the first that the note says of it.
        return { ...standing, isTroubled: isTroubled(health) || standing.asksForAll, askedAtMs: storeClock.nowMs() };
      }),
    check: (account) =>
      pipe(
        read(account),
        TE.flatMap((health) => {
          const wait = waiting(account, health);
          return wait === undefined ? TE.right(undefined) : TE.left(wait);
        }),
      ),
    standing: (account) =>
      pipe(
        read(account),
        TE.map((health) => ({
          epoch: health.epoch,
          asksForAll: mayAskForAll(account, health, storeClock.nowMs()),
        })),
      ),
    succeeded: (account, { isTroubled: isOver, askedAtMs }) => {
      const answeredByMs = askedAtMs + account.policy.attemptTtlMs;
      return isOver
        ? changed(account, (health) => noteSuccess(health, storeClock.nowMs(), answeredByMs))
        : TE.right(undefined);
    },
    answered: (account, { probing, asksForAll }) => {
      if (probing) return changed(account, (health) => noteAnswer(health, storeClock.nowMs()));
      return asksForAll ? changed(account, (health) => noteUndecided(health, storeClock.nowMs())) : TE.right(undefined);
    },
    failed: (account, { probing, askedAtMs }, retryAfterMs) => {
      const { key } = account.record;
      return changed(account, (health) =>
        noteFailure(health, { key, nowMs: storeClock.nowMs(), askedAtMs, probing, retryAfterMs }, pauseRange(account)),
      );
    },
    limited: (account, ms) => changed(account, (health) => noteLimit(health, storeClock.nowMs(), ms)),
    rejected: (account) => changed(account, (health) => noteRejected(health, storeClock.nowMs())),
    pace: (account, sleep) =>
      account.provider.requestRate === undefined ? TE.right(undefined) : slot(account, Infinity, sleep),
    forget: (account) => changed(account, forgetPauses),
  };
};
