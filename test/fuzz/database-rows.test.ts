import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { afterAll, beforeAll } from 'vitest';
import { accountColumns } from '../../src/adapters/stores/sqlite/rows.js';
import { LlaveroError } from '../../src/app/llavero-error.js';
import type { Llavero } from '../../src/app/llavero.js';
import { canary } from '../app/provider-answers.js';
import { seededRandom, type Random } from '../simulation/random.js';
import { describeFamily, type Tally } from './fuzz.js';
import { spoilRows } from './odd-cells.js';
import { openSpoiltFile, type SpoiltFile } from './spoilt-file.js';

const stray: unknown[] = [];
const keep = (reason: unknown): void => void stray.push(reason);
beforeAll(() => void process.on('unhandledRejection', keep));
afterAll(() => void process.off('unhandledRejection', keep));

const statuses = async (llavero: Llavero): Promise<readonly unknown[]> => {
  const all: unknown[] = [];
  for await (const status of llavero.list()) all.push(status);
  return all;
};

interface Way {
  readonly name: string;
  readonly ask: (llavero: Llavero, key: string) => Promise<unknown>;
}

/** Every way to ask for an account. */
const ways: readonly [Way, ...Way[]] = [
  { name: 'token', ask: (llavero, key) => llavero.token(key) },
  { name: 'token by force', ask: (llavero, key) => llavero.token(key, { force: true }) },
  { name: 'status', ask: (llavero, key) => llavero.status(key) },
  { name: 'list', ask: (llavero) => statuses(llavero) },
  { name: 'sweep', ask: (llavero) => llavero.sweep({ keepWarm: true }) },
  { name: 'authorize', ask: (llavero, key) => llavero.authorize(key, { storeUrl: 'https://shop.example.com' }) },
  { name: 'revoke', ask: (llavero, key) => llavero.revoke(key) },
  { name: 'remove', ask: (llavero, key) => llavero.remove(key) },
];

const isTime = (value: unknown): boolean => !(value instanceof Date) || !Number.isNaN(value.getTime());

/** What came back is ours: an error of ours without a secret or a control character, or values whose times are times. */
const checkOutcome = (outcome: unknown, { saw }: Tally): void => {
  if (!(outcome instanceof Error)) {
    const all: readonly unknown[] = Array.isArray(outcome) ? outcome : [outcome];
    for (const one of all) {
      const members: readonly unknown[] = typeof one === 'object' && one !== null ? Object.values(one) : [];
      ok(members.every(isTime), `it gives a time that is none: ${JSON.stringify(one)}`);
      ok(!JSON.stringify(one)?.includes(canary), 'it shows a secret');
    }
    return saw('an answer');
  }
  if (outcome instanceof TypeError)
    return ok(/needs no authorization/.test(outcome.message), `it throws ${String(outcome)}`);
  ok(outcome instanceof LlaveroError, `it throws ${String(outcome)}`);
  ok(/^[^\p{Cc}\p{Cs}]+$/u.test(outcome.message), `a message is ${JSON.stringify(outcome.message)}`);
  ok(!`${outcome.stack}${JSON.stringify(outcome)}`.includes(canary), 'an error shows a secret');
  saw(outcome.code);
};

const rowOf = ({ database }: SpoiltFile): unknown =>
  database
    .prepare('SELECT CAST(token AS BLOB) AS token, CAST(credential AS BLOB) AS credential FROM llavero_accounts')
    .get();

const cellOf = (row: unknown, column: 'token' | 'credential'): string | undefined => {
  if (typeof row !== 'object' || row === null) return undefined;
  const cell: unknown = Object.getOwnPropertyDescriptor(row, column)?.value;
  return Buffer.isBuffer(cell) ? cell.toString('hex') : undefined;
};

/** Every column, and more often those whose text is shown or opened. */
const shown = ['failure_code', 'failure_detail', 'failure_detail', 'failure_detail'] as const;
const sealed = ['token', 'token', 'token', 'credential', 'credential', 'credential'] as const;
const spoiltColumns = [...accountColumns, ...shown, ...sealed] as const;

/** The law: a sealed value that is not what this library wrote is neither spent nor written over, whoever asks. */
const spoilAccount = async (file: SpoiltFile, random: Random, seed: number, tally: Tally): Promise<void> => {
  const key = `${random.pick(['centry', 'tray', 'citrusad'])}/s${seed}`;
  const { token, credential } = await file.plant(random, key);
  const written = spoilRows(random, file.database, 'llavero_accounts', spoiltColumns);
  const before = rowOf(file);
  const hex = (text: string | undefined): string => Buffer.from(text ?? '').toString('hex');
  const isGarbage =
    ![undefined, hex(token)].includes(cellOf(before, 'token')) || cellOf(before, 'credential') !== hex(credential);
  const way = random.pick(ways);
  tally.input(() => `${way.name} of ${key} with ${written.join(', ')}`);
  tally.saw(way.name);
  checkOutcome(await file.outcomeOf(() => way.ask(file.llavero(), key)), tally);
  const isThere = file.database.prepare('SELECT count(*) AS rows FROM llavero_accounts WHERE key = ?').get(key);
  if (!isGarbage || way.name === 'remove' || written.some((told) => told.startsWith('key ')) || isThere === undefined)
    return;
  tally.saw('garbage kept');
  const after = rowOf(file);
  strictEqual(cellOf(after, 'token'), cellOf(before, 'token'), 'a token is written over garbage');
  strictEqual(cellOf(after, 'credential'), cellOf(before, 'credential'), 'a credential is written over garbage');
  strictEqual(file.asked().join(), '', 'something was sent for garbage');
};

const pendingColumns = [
  'id',
  'key',
  'incarnation',
  'expires_at',
  'sealed',
  'delivery_id',
  'delivery_ends_at',
  'delivery_completed',
] as const;

const spoilPending = async (file: SpoiltFile, random: Random, seed: number, tally: Tally): Promise<void> => {
  const key = `centry/p${seed}`;
  await file.plant(random, key);
  const { state } = await file.llavero().authorize(key);
  const written = spoilRows(random, file.database, 'llavero_pending', pendingColumns);
  tally.input(() => `callback of ${key} with ${written.join(', ')}`);
  tally.saw('callback');
  checkOutcome(await file.outcomeOf(() => file.llavero().callback(`?code=a-code&state=${state}`)), tally);
  const isChanged = written.some((told) => /^(?:sealed|incarnation|id|key) = (?!null)/.test(told));
  if (isChanged) strictEqual(file.asked().join(), '', 'a code was spent for garbage');
};

/** Notes are few and read at the start, so a process has to start for each. */
const spoilNotes = async (file: SpoiltFile, random: Random, seed: number, tally: Tally): Promise<void> => {
  const { database } = file;
  const key = `centry/n${seed}`;
  await file.plant(random, key);
  const kept = database.prepare(`SELECT name, text FROM llavero_notes WHERE name LIKE '%key%'`).all();
  const restore = (source: string): void => kept.forEach((note) => void database.prepare(source).run(note));
  database.prepare(`INSERT OR REPLACE INTO llavero_notes VALUES ('llavero', ?, '0')`).run(file.restNote);
  const written = spoilRows(random, database, 'llavero_notes', ['text']);
  if (random.chance(0.5)) restore(`UPDATE llavero_notes SET text = @text WHERE name = @name`);
  await file.restart();
  tally.input(() => `token of ${key} with notes ${written.join(', ')}`);
  tally.saw('notes');
  checkOutcome(await file.outcomeOf(() => file.llavero().token(key, { force: true })), tally);
  database.exec('DELETE FROM llavero_notes');
  restore(`INSERT INTO llavero_notes VALUES ('llavero', @name, @text)`);
  await file.restart();
};

let opened: SpoiltFile | undefined;

describeFamily({
  name: 'database rows',
  file: 'database-rows',
  inputs: 4_000,
  atLeast: {
    ERR_STORE_FAILED: 0.03,
    ERR_DECRYPTION_FAILED: 0.03,
    'an answer': 0.3,
    'garbage kept': 0.05,
    callback: 0.05,
    notes: 0.02,
  },
  tryOut: async (seed, tally) => {
    deepStrictEqual(stray, [], 'a rejection that nobody handles');
    const file = (opened ??= await openSpoiltFile());
    const random = seededRandom(seed);
    const kind = random.below(40);
    if (kind < 2) return spoilNotes(file, random, seed, tally);
    return kind < 6 ? spoilPending(file, random, seed, tally) : spoilAccount(file, random, seed, tally);
  },
});
