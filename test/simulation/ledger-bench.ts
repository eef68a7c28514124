import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountRecord, Attempt } from '../../src/domain/account-record.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import type { RepeatRules } from './judge-repeats.js';
import { makeLedger, type SentRequest } from './ledger.js';
import { makeProviderOracle, type IssuedPair, type ProviderOracle } from './provider-oracle.js';
import { seededRandom } from './random.js';
import { simCipher } from './sim-cipher.js';
import { worldBeganMs } from './sim-clock.js';

/** A ledger with a provider beside it, and an account in whose record everything can be written. */
export interface LedgerBench {
  readonly oracle: ProviderOracle;
  /** What the ledger found fault with. */
  readonly found: readonly string[];
  readonly wait: (ms: number) => void;
  /** The record as it stands. */
  readonly record: () => AccountRecord;
  readonly write: (change: Partial<AccountRecord>) => void;
  readonly remove: () => void;
  /** Records an attempt; `repeat` is 0 for the first request of its generation. */
  readonly begin: (id: string, repeat?: number) => void;
  /** Writes that the outcome of the open attempt is not known. */
  readonly report: () => void;
  /** Announces the recovery of the open attempt. */
  readonly announce: () => void;
  /** An operator asks for another try. */
  readonly hurry: () => void;
  /** Sends the refresh token that the record holds. */
  readonly send: (attempt: string, client?: string) => SentRequest;
  /** What a record holds that a pair was committed to. */
  readonly holding: (pair: IssuedPair) => Promise<Partial<AccountRecord>>;
  /** The pair that the provider gives for the refresh token held. */
  readonly renewed: () => IssuedPair;
}

const key = 'sim/k1';

const blank: AccountRecord = {
  key,
  provider: 'sim',
  account: 'k1',
  incarnation: 'first',
  credential: 'sealed',
  generation: 0,
  renewable: false,
  invalidated: false,
  fallbackTried: false,
  createdAt: 0,
  updatedAt: 0,
};

const rules = {
  rotation: 'strict',
  graceMs: 0,
  accessLifetimeMs: 60_000,
  toldLifetimeMs: undefined,
  refreshLifetimeMs: undefined,
  verdict: 'invalid_grant',
  keepsOldAccess: true,
  codesRepeat: false,
} as const;

/** The numbers of the bench. */
const spansOfBench = { attemptTtlMs: 30_000, settleMs: 60_000, recoveryNoticeMs: 10_000 } as const;

/** The client secrets of the bench: the one that obtained everything, and another. */
export const clientsOfBench = { right: 'right', other: 'other' } as const;

/** A connected account at a strict provider: generation 1 is committed. */
export const ledgerBench = async (
  recovery: RecoveryPolicy = 'probe',
  own: Partial<RepeatRules> = {},
): Promise<LedgerBench> => {
  let nowMs = 0;
  const found: string[] = [];
  const oracle = makeProviderOracle(rules, () => nowMs, seededRandom(1));
  const cipher = simCipher();
  const ledger = makeLedger({
    oracle,
    cipher,
    nowMs: () => nowMs,
    rules: { ...spansOfBench, recovery, repeatable: false, recoversAtOnce: recovery === 'retry', ...own },
    verdict: rules.verdict,
    fingerprintOf: (clientSecret) => clientSecret,
    applicationOf: (clientSecret) => clientSecret,
    grantedMs: () => -Infinity,
    mayHurry: () => isHurried,
    windowsHold: () => true,
    tokenCreates: false,
    clocksAgree: () => true,
    refreshTokensStay: false,
    violation: (text) => found.push(text),
  });
  let record = blank;
  let held = '';
  let isHurried = false;

  const write: LedgerBench['write'] = (change) => {
    const after = { ...record, ...change };
    ledger.changed(key, record, after);
    record = after;
  };
  const open = (change: Partial<Attempt>): void => {
    if (record.attempt !== undefined) write({ attempt: { ...record.attempt, ...change } });
  };
  const holding: LedgerBench['holding'] = async ({ accessToken, refreshToken, serial }) => {
    const text = JSON.stringify({ accessToken, refreshToken });
    const sealed = await cipher.seal(text, { namespace: 'sim', key, field: 'token' })();
    if (isLeft(sealed)) throw new Error('the simulated cipher seals everything');
    held = refreshToken ?? '';
    const obtained = { obtainedBy: clientsOfBench.right, refreshTokenId: `id-${serial}` };
    return { token: sealed.right, generation: record.generation + 1, attempt: undefined, ...obtained };
  };
  const pairOf = (redeemed: ReturnType<ProviderOracle['renew']>): IssuedPair => {
    if (isLeft(redeemed)) throw new Error('the provider refused');
    return redeemed.right;
  };

  ledger.changed(key, undefined, blank);
  write(await holding(pairOf(oracle.spendCode(oracle.grant(key)))));
  return {
    oracle,
    found,
    wait: (ms) => {
      nowMs += ms;
    },
    record: () => record,
    write,
    remove: () => ledger.changed(key, record, undefined),
    begin: (id, repeat = 0) => {
      const startedAt = worldBeganMs + nowMs;
      const expiresAt = startedAt + spansOfBench.attemptTtlMs;
      const settlesAt = expiresAt + spansOfBench.settleMs;
      const way = repeat === 0 ? 'first' : 'recovery';
      write({ attempt: { id, owner: 'worker', way, repeat, startedAt, expiresAt, settlesAt, unknown: false } });
    },
    report: () => open({ unknown: true }),
    announce: () => open({ announcedAt: worldBeganMs + nowMs }),
    hurry: () => {
      isHurried = true;
    },
    send: (attempt, client = clientsOfBench.right) =>
      ledger.left({
        key,
        kind: 'renewal',
        secret: held,
        client,
        attempt,
        sentMs: nowMs,
        leftMs: nowMs,
        by: { name: 'worker', slot: 0, isAlive: () => true, wasAbandoned: () => false },
      }),
    holding,
    renewed: () => pairOf(oracle.renew(held)),
  };
};
