import type { BackendDatabase } from '../adapters/stores/sqlite/open-database.js';
import type { Random } from '../simulation/random.js';
import { oddText, planted } from './odd-texts.js';

/** The columns that hold whole numbers; all others hold text. */
const integers: ReadonlySet<string> = new Set([
  'generation',
  'obtained_at',
  'access_token_expires_at',
  'refresh_token_expires_at',
  'renewable',
  'invalidated',
  'fallback_tried',
  'warm_at',
  'keep_alive_at',
  'attempt_started_at',
  'attempt_expires_at',
  'attempt_settles_at',
  'attempt_recovery',
  'attempt_unknown',
  'failure_at',
  'failure_retry_at',
  'failure_count',
  'failure_asked_by_provider',
  'failure_epoch',
  'authorizations_begun',
  'renewed_at',
  'attempt_repeat',
  'attempt_announced_at',
  'attempt_since_boot_ms',
  'repeats',
  'answered_generation',
  'answered_repeat',
  'created_at',
  'updated_at',
  'expires_at',
]);

const numbers = [
  0,
  1,
  -1,
  2,
  7,
  2 ** 31,
  -(2 ** 31),
  1_767_225_600_000,
  1_767_225_600_001,
  1_767_235_600_000,
  8.64e15,
  -8.64e15,
  8.64e15 + 1,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;

const words = [
  'first',
  'recovery',
  'fallback',
  'n1.named',
  'reauthorization_required',
  'client_rejected',
  'account_unavailable',
  'Reauthorization_Required',
  'ERR_RATE_LIMITED',
  'ERR_CLIENT_REJECTED',
  'ERR_UNTRUSTED_ADDRESS',
  'ERR_OUTCOME_UNKNOWN',
  'ERR_STORE_FAILED',
  'ERR_NOT_OURS',
  'tray',
  'centry',
  'lv1.test.AAAA',
  'lv1.',
  'plain.[]',
  '{}',
  '[]',
  'NaN',
  'Infinity',
  '-1',
  '1e400',
  '99999999999999999999',
  '1767225600000',
] as const;

/** Text that is no UTF-8. */
const brokenText = Buffer.from([0x6c, 0x76, 0x31, 0x2e, 0xff, 0xc0, 0x80]);

/** What somebody else might write into a column; STRICT tables refuse some of it. */
const oddCell = (random: Random, column: string): unknown => {
  if (random.chance(0.06)) return null;
  if (random.chance(0.03)) return random.pick<unknown>([Buffer.from(planted), 1.5, 'x', Number.NaN]);
  if (integers.has(column)) return random.pick<number | bigint>(numbers);
  if (random.chance(0.5)) return random.pick(words);
  return random.chance(0.05) ? planted.repeat(5_000) : oddText(random);
};

/** Writes into one column of every row there is; gives what is there now. */
const spoil = (database: BackendDatabase, table: string, column: string, cell: unknown): void => {
  const value = Buffer.isBuffer(cell) && cell === brokenText ? 'CAST(? AS TEXT)' : '?';
  database.prepare(`UPDATE ${table} SET "${column}" = ${value}`).run(cell);
};

/** Spoils some columns of every row of a table. Gives what was written; 'refused' where SQLite would not have it. */
export const spoilRows = (
  random: Random,
  database: BackendDatabase,
  table: string,
  columns: readonly [string, ...string[]],
): readonly string[] =>
  Array.from({ length: 1 + random.below(3) }, () => {
    const column = random.pick(columns);
    const cell = !integers.has(column) && random.chance(0.05) ? brokenText : oddCell(random, column);
    try {
      spoil(database, table, column, cell);
      return `${column} = ${String(cell)}`;
    } catch {
      return `${column} refused ${String(cell)}`;
    }
  });
