import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { RefreshToken } from '../renewal/refresh-token.js';
import type { RequestPace } from '../renewal/request-pace.js';
import { busyElsewhere } from '../renewal/wait-for-other.js';
import type { UseCase, UseCaseError } from '../use-case-error.js';

export interface SweepOptions {
  /** At most so many accounts in one sweep; 1,000 when left out. */
  readonly limit?: number | undefined;
  /** So many at a time; 8 when left out. */
  readonly concurrency?: number | undefined;
  /** Only this provider's accounts. */
  readonly provider?: string | undefined;
  /** Renew access tokens that are about to expire as well, not only refresh tokens. */
  readonly keepWarm?: boolean | undefined;
}

/** What one sweep did. */
export interface SweepReport {
  /** Accounts that were due when the sweep looked. */
  readonly due: number;
  readonly renewed: number;
  readonly failed: number;
  /** Due, but renewed or being renewed by somebody else. */
  readonly skipped: number;
  readonly durationMs: number;
}

/** Renews what is due, once. Any number of processes may sweep one store: each account is renewed by one of them. */
export type SweepAccounts = (options: SweepOptions) => UseCase<SweepReport>;

export interface SweepAccountsDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly refreshToken: RefreshToken;
  readonly pace: RequestPace;
  readonly clock: Clock;
  readonly events: EventSink;
  /** In [0, 1): sweepers that start together take the due accounts in different orders. */
  readonly fraction: () => number;
  /** True once no new work is taken. */
  readonly closing: () => boolean;
}

type Fate = 'renewed' | 'failed' | 'skipped';

const defaultLimit = 1_000;
const defaultConcurrency = 8;
const longestPage = 100;

export const makeSweepAccounts = (deps: SweepAccountsDeps): SweepAccounts => {
  const { store, accounts, refreshToken, pace, clock, events, fraction, closing } = deps;

  const isDue = ({ keepAliveAt, warmAt }: AccountRecord, keepWarm: boolean): boolean => {
    const nowMs = clock.nowMs();
    return (keepAliveAt ?? Infinity) <= nowMs || (keepWarm && (warmAt ?? Infinity) <= nowMs);
  };

  /** Paces first and looks again afterwards: while this one waited for its slot, somebody else may have been quicker. */
  const renewOne = (found: AccountRecord, keepWarm: boolean): UseCase<Fate> =>
    pipe(
      accounts.open(found),
      TE.tap(pace),
      TE.flatMap((account) => {
        if (refreshToken.current(found.key) !== undefined || closing()) return TE.right<UseCaseError, Fate>('skipped');
        const flight = refreshToken.start(found.key, {
          isEnough: (_cached, { record }) => !isDue(record, keepWarm),
          isServable: () => true,
          patienceMs: 0,
          policy: account.policy,
        });
        return pipe(
          () => flight.outcome,
          TE.map(({ ours }): Fate => (ours ? 'renewed' : 'skipped')),
        );
      }),
      TE.orElse((error) => TE.right<UseCaseError, Fate>(isBusyElsewhere(error) ? 'skipped' : 'failed')),
    );

  /** Works through one page in `concurrency` lanes. */
  const sweepPage = async (
    page: readonly AccountRecord[],
    { concurrency = defaultConcurrency, keepWarm = false }: SweepOptions,
    count: (fate: Fate) => void,
  ): Promise<void> => {
    const queue = shuffled(page, fraction);
    const lane = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined && !closing(); next = queue.pop()) {
        const fate = await renewOne(next, keepWarm)();
        count(E.isRight(fate) ? fate.right : 'failed');
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  };

  const duePage = (options: SweepOptions, limit: number) =>
    pipe(
      store.due({ nowMs: clock.nowMs(), limit, provider: options.provider, keepWarm: options.keepWarm ?? false }),
      TE.mapError(storeFailed()),
    );

  return (options) => async () => {
    const startedMs = clock.monotonicMs();
    const counts: Record<Fate, number> = { renewed: 0, failed: 0, skipped: 0 };
    const seen = new Set<string>();
    const limit = options.limit ?? defaultLimit;
    const report = (): SweepReport => ({
      due: seen.size,
      ...counts,
      durationMs: Math.round(clock.monotonicMs() - startedMs),
    });
    const count = (fate: Fate): void => {
      counts[fate] += 1;
      events.emit({ type: 'sweep_progress', key: '*', at: new Date(clock.nowMs()), ...report() });
    };
    while (seen.size < limit && !closing()) {
      const page = await duePage(options, Math.min(longestPage + seen.size, limit))();
      if (E.isLeft(page)) return page;
      const fresh = page.right.filter(({ key }) => !seen.has(key)).slice(0, limit - seen.size);
      if (fresh.length === 0) break;
      for (const { key } of fresh) seen.add(key);
      await sweepPage(fresh, options, count);
    }
    const done = Object.freeze(report());
    events.emit({ type: 'sweep_finished', key: '*', at: new Date(clock.nowMs()), ...done });
    return E.right(done);
  };
};

const isBusyElsewhere = (error: UseCaseError): boolean =>
  error._tag === 'ProviderUnavailable' && error.why === busyElsewhere;

const shuffled = <A>(items: readonly A[], fraction: () => number): A[] =>
  items
    .map((item) => ({ item, at: fraction() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
