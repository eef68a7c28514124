import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { SqliteDatabase } from './database.js';
import { transact } from './transaction.js';

/** The statements that lead from one version of the schema to the next. */
export type Migration = readonly string[];

/**
 * Every version of the schema, in order: the first entry makes version 1 of an empty file. Entries are never edited, only
 * added, and keep what older versions of this library read and write.
 */
export const migrations: readonly Migration[] = [
  [
    `CREATE TABLE llavero_accounts (
      namespace TEXT NOT NULL,
      key TEXT NOT NULL,
      provider TEXT NOT NULL,
      account TEXT NOT NULL,
      incarnation TEXT NOT NULL,
      credential TEXT NOT NULL,
      authorization TEXT,
      generation INTEGER NOT NULL,
      token TEXT,
      obtained_at INTEGER,
      access_token_expires_at INTEGER,
      refresh_token_expires_at INTEGER,
      renewable INTEGER NOT NULL,
      invalidated INTEGER NOT NULL,
      fallback_tried INTEGER NOT NULL,
      warm_at INTEGER,
      keep_alive_at INTEGER,
      attempt_id TEXT,
      attempt_owner TEXT,
      attempt_started_at INTEGER,
      attempt_expires_at INTEGER,
      attempt_settles_at INTEGER,
      attempt_recovery INTEGER,
      attempt_unknown INTEGER,
      later_attempt TEXT,
      failure_code TEXT,
      failure_detail TEXT,
      failure_at INTEGER,
      failure_retry_at INTEGER,
      failure_count INTEGER,
      failure_terminal TEXT,
      failure_client TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (namespace, key)
    ) STRICT`,
    `CREATE INDEX llavero_accounts_provider ON llavero_accounts (namespace, provider, key)`,
    `CREATE INDEX llavero_accounts_keep_alive ON llavero_accounts (namespace, keep_alive_at, key)
      WHERE keep_alive_at IS NOT NULL`,
    `CREATE INDEX llavero_accounts_warm ON llavero_accounts (namespace, warm_at, key) WHERE warm_at IS NOT NULL`,
    `CREATE TABLE llavero_pending (
      namespace TEXT NOT NULL,
      id TEXT NOT NULL,
      key TEXT NOT NULL,
      incarnation TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      sealed TEXT NOT NULL,
      PRIMARY KEY (namespace, id)
    ) STRICT`,
    `CREATE INDEX llavero_pending_expiry ON llavero_pending (namespace, expires_at)`,
    `CREATE TABLE llavero_notes (
      namespace TEXT NOT NULL,
      name TEXT NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (namespace, name)
    ) STRICT`,
  ],
  [
    `ALTER TABLE llavero_accounts ADD COLUMN authorizations_begun INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN obtained_by TEXT`,
    `ALTER TABLE llavero_accounts ADD COLUMN refresh_token_id TEXT`,
    `ALTER TABLE llavero_accounts ADD COLUMN spent_refresh_token_id TEXT`,
    `ALTER TABLE llavero_accounts ADD COLUMN renewed_at INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN attempt_way TEXT`,
    `ALTER TABLE llavero_accounts ADD COLUMN attempt_repeat INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN attempt_announced_at INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN repeats INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN answered_generation INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN answered_repeat INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN failure_asked_by_provider INTEGER`,
    `ALTER TABLE llavero_accounts ADD COLUMN failure_clients TEXT`,
    `ALTER TABLE llavero_accounts ADD COLUMN failure_epoch INTEGER`,
    `UPDATE llavero_accounts
      SET attempt_way = iif(attempt_recovery = 1, 'recovery', 'first'), attempt_repeat = attempt_recovery
      WHERE attempt_id IS NOT NULL`,
    `UPDATE llavero_accounts SET repeats = attempt_recovery WHERE attempt_id IS NOT NULL`,
    `UPDATE llavero_accounts SET failure_clients = failure_client WHERE failure_client IS NOT NULL`,
    'ALTER TABLE llavero_pending ADD COLUMN delivery_id TEXT',
    'ALTER TABLE llavero_pending ADD COLUMN delivery_ends_at INTEGER',
    'ALTER TABLE llavero_pending ADD COLUMN delivery_completed INTEGER',
  ],
  [
    'ALTER TABLE llavero_accounts ADD COLUMN sweep_not_before INTEGER',
    `CREATE INDEX llavero_accounts_keep_alive_due ON llavero_accounts
      (namespace, provider, max(keep_alive_at, coalesce(sweep_not_before, keep_alive_at)), key)
      WHERE keep_alive_at IS NOT NULL`,
    `CREATE INDEX llavero_accounts_warm_due ON llavero_accounts
      (namespace, provider, max(warm_at, coalesce(sweep_not_before, warm_at)), key)
      WHERE warm_at IS NOT NULL`,
    `CREATE INDEX llavero_accounts_not_before ON llavero_accounts (namespace, provider, sweep_not_before)
      WHERE sweep_not_before IS NOT NULL`,
    'DROP INDEX llavero_accounts_keep_alive',
    'DROP INDEX llavero_accounts_warm',
  ],
  [
    `CREATE INDEX llavero_accounts_dated ON llavero_accounts
      (namespace, provider, max(coalesce(obtained_at, 0), coalesce(failure_at, 0)))`,
  ],
  [
    'ALTER TABLE llavero_accounts ADD COLUMN attempt_boot_id TEXT',
    'ALTER TABLE llavero_accounts ADD COLUMN attempt_since_boot_ms INTEGER',
  ],
];

/** The version of the schema a database holds: 0 when it has none. */
const schemaVersion = (db: SqliteDatabase): number => {
  const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'llavero_schema'`).get();
  if (table === undefined) return 0;
  const row: unknown = db.prepare('SELECT max(version) AS version FROM llavero_schema').safeIntegers(false).get();
  return typeof row === 'object' && row !== null && 'version' in row ? Number(row.version) : 0;
};

/**
 * Left `schema_newer` when a later version of this library made this schema. Nothing is written to such a file: what its
 * columns mean is not known here.
 */
export const refuseNewer = (db: SqliteDatabase, known: readonly Migration[]): Either<'schema_newer', void> =>
  schemaVersion(db) > known.length ? left('schema_newer') : right(undefined);

/**
 * Brings the schema to the newest known version, in one transaction. Any number of processes may do this to one file at
 * once; a file that is there already is only read. Left `schema_newer` as for {@link refuseNewer}.
 */
export const migrate = (db: SqliteDatabase, known: readonly Migration[]): Either<string, void> =>
  schemaVersion(db) === known.length
    ? right(undefined)
    : transact(db, () => {
        const version = schemaVersion(db);
        if (version > known.length) return left('schema_newer');
        return right({ result: undefined, write: () => advance(db, version, known) });
      });

const advance = (db: SqliteDatabase, version: number, known: readonly Migration[]): void => {
  db.exec('CREATE TABLE IF NOT EXISTS llavero_schema (version INTEGER NOT NULL) STRICT');
  for (const statement of known.slice(version).flat()) db.exec(statement);
  db.exec('DELETE FROM llavero_schema');
  db.prepare('INSERT INTO llavero_schema (version) VALUES (?)').run(known.length);
};
