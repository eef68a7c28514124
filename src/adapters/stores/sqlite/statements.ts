import { pendingColumns } from './pending-rows.js';
import { accountColumns } from './rows.js';

const listed = accountColumns.join(', ');
const byName = accountColumns.map((column) => `@${column}`).join(', ');
const replaced = accountColumns.map((column) => `${column} = excluded.${column}`).join(', ');
const listedPending = pendingColumns.join(', ');
const pendingByName = pendingColumns.map((column) => `@${column}`).join(', ');

/** One list of what is due by one column, most overdue first. A partial index holds it in just this order. */
const dueBy = (column: 'keep_alive_at' | 'warm_at'): string => {
  const dueAt = `max(${column}, coalesce(sweep_not_before, ${column}))`;
  return `SELECT key, ${dueAt} AS due_at FROM llavero_accounts
   WHERE namespace = @namespace AND provider = @provider AND ${column} IS NOT NULL AND ${dueAt} <= @now
   ORDER BY ${dueAt}, key LIMIT @limit`;
};

/** What a clock that has been set back since keeps from sweeps. */
const misdated = (dueAt: string): string =>
  `SELECT key, ${dueAt} AS due_at FROM llavero_accounts
   WHERE namespace = @namespace AND provider = @provider AND sweep_not_before > @latest AND ${dueAt} <= @now
   ORDER BY sweep_not_before DESC LIMIT @limit`;

/** What a clock that has been set back since has dated, due times and all. */
const datedAhead = (dueAt: string): string => {
  const since = `min(0, ${dueAt})`;
  const from = `iif(sweep_not_before <= @latest, max(${since}, sweep_not_before), ${since})`;
  return `SELECT key, ${from} AS due_at FROM llavero_accounts
   WHERE namespace = @namespace AND provider = @provider AND max(coalesce(obtained_at, 0), coalesce(failure_at, 0)) > @dated
     AND ${from} <= @now
   ORDER BY due_at, key LIMIT @limit`;
};

/** The earlier of both due times, and the one where there is one. */
const earlierDue = 'min(coalesce(keep_alive_at, warm_at), coalesce(warm_at, keep_alive_at))';

const lists = (...selects: readonly string[]): string =>
  selects.map((select) => `SELECT * FROM (${select})`).join(' UNION ALL ');

const dueAccounts = (keys: string): string =>
  `SELECT ${listed} FROM (SELECT key, min(due_at) AS due_at FROM (${keys}) GROUP BY key ORDER BY due_at, key LIMIT @limit) AS due
   JOIN llavero_accounts USING (key) WHERE namespace = @namespace ORDER BY due.due_at, key`;

/** Every statement of the store; all parameters are named. */
export const statements = {
  readAccount: `SELECT ${listed} FROM llavero_accounts WHERE namespace = @namespace AND key = @key`,
  putAccount: `INSERT INTO llavero_accounts (namespace, ${listed}) VALUES (@namespace, ${byName})
    ON CONFLICT (namespace, key) DO UPDATE SET ${replaced}`,
  dropAccount: 'DELETE FROM llavero_accounts WHERE namespace = @namespace AND key = @key',
  page: `SELECT ${listed} FROM llavero_accounts
    WHERE namespace = @namespace AND key > @after ORDER BY key LIMIT @limit`,
  pageOfProvider: `SELECT ${listed} FROM llavero_accounts
    WHERE namespace = @namespace AND provider = @provider AND key > @after ORDER BY key LIMIT @limit`,
  due: dueAccounts(lists(dueBy('keep_alive_at'), misdated('keep_alive_at'), datedAhead('keep_alive_at'))),
  dueOrWarm: dueAccounts(lists(dueBy('keep_alive_at'), dueBy('warm_at'), misdated(earlierDue), datedAhead(earlierDue))),
  claim: 'UPDATE llavero_accounts SET sweep_not_before = @until WHERE namespace = @namespace AND key = @key',
  releaseClaim: `UPDATE llavero_accounts SET sweep_not_before = @notBefore
    WHERE namespace = @namespace AND key = @key AND sweep_not_before = @until`,
  putPending: `INSERT OR REPLACE INTO llavero_pending (namespace, ${listedPending}) VALUES (@namespace, ${pendingByName})`,
  forgetPending: `DELETE FROM llavero_pending WHERE rowid IN (
    SELECT rowid FROM llavero_pending WHERE namespace = @namespace AND expires_at <= @now ORDER BY expires_at LIMIT 1000)`,
  readPending: `SELECT ${listedPending} FROM llavero_pending WHERE namespace = @namespace AND id = @id`,
  pendings: `SELECT ${listedPending} FROM llavero_pending
    WHERE namespace = @namespace AND id > @after AND abs(expires_at) <= 8640000000000000 ORDER BY id LIMIT @limit`,
  dropPending: 'DELETE FROM llavero_pending WHERE namespace = @namespace AND id = @id',
  readNote: 'SELECT text FROM llavero_notes WHERE namespace = @namespace AND name = @name',
  putNote: `INSERT INTO llavero_notes (namespace, name, text) VALUES (@namespace, @name, @text)
    ON CONFLICT (namespace, name) DO UPDATE SET text = excluded.text`,
  dropNote: 'DELETE FROM llavero_notes WHERE namespace = @namespace AND name = @name',
} as const;
