import { isLeft } from 'fp-ts/lib/Either.js';
import type { AccountRecord, Attempt } from '../../src/domain/account-record.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import { makeLedger, type SentRequest } from './ledger.js';
import { makeProviderOracle, type IssuedPair, type ProviderOracle } from './provider-oracle.js';
import { seededRandom } from './random.js';
import { simCipher } from './sim-cipher.js';

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
  /** Records an attempt. */
  readonly begin: (id: string, recovery?: boolean) => void;
  /** Sends the refresh token that the record holds. */
  readonly send: (attempt: string) => SentRequest;
  /** What a record holds that a pair was committed to. */
  readonly holding: (pair: IssuedPair) => Promise<Pick<AccountRecord, 'token' | 'generation' | 'attempt'>>;
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
  refreshLifetimeMs: undefined,
  keepsOldAccess: true,
  codesRepeat: false,
} as const;

const attemptOf = (id: string, recovery: boolean): Attempt => ({
  id,
  owner: 'worker',
  startedAt: 0,
  expiresAt: 30_000,
  settlesAt: 90_000,
  recovery,
  unknown: false,
});

/** A connected account at a strict provider: generation 1 is committed. */
export const ledgerBench = async (recovery: RecoveryPolicy = 'probe-once'): Promise<LedgerBench> => {
  let nowMs = 0;
  const found: string[] = [];
  const oracle = makeProviderOracle(rules, () => nowMs, seededRandom(1));
  const cipher = simCipher();
  const ledger = makeLedger({
    oracle,
    cipher,
    nowMs: () => nowMs,
    policy: { attemptTtlMs: 30_000, settleMs: 60_000, recovery },
    windowsHold: () => true,
    refreshTokensStay: false,
    violation: (text) => found.push(text),
  });
  let record = blank;
  let held = '';

  const write: LedgerBench['write'] = (change) => {
    const after = { ...record, ...change };
    ledger.changed(key, record, after);
    record = after;
  };
  const holding: LedgerBench['holding'] = async ({ accessToken, refreshToken }) => {
    const text = JSON.stringify({ accessToken, refreshToken });
    const sealed = await cipher.seal(text, { namespace: 'sim', key, field: 'token' })();
    if (isLeft(sealed)) throw new Error('the simulated cipher seals everything');
    held = refreshToken ?? '';
    return { token: sealed.right, generation: record.generation + 1, attempt: undefined };
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
    begin: (id, isRecovery = false) => write({ attempt: attemptOf(id, isRecovery) }),
    send: (attempt) =>
      ledger.left({
        key,
        kind: 'renewal',
        secret: held,
        attempt,
        leftMs: nowMs,
        by: { name: 'worker', slot: 0, isAlive: () => true, wasAbandoned: () => false },
      }),
    holding,
    renewed: () => pairOf(oracle.renew(held)),
  };
};
