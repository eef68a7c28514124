import { open as openFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { plaintextCipher } from '../../src/adapters/crypto/plaintext-cipher.js';
import { fromPromiseStore, type PromiseTokenStore } from '../../src/adapters/stores/from-promise-store.js';
import type { OwnSqliteDatabase } from '../../src/adapters/stores/sqlite/database.js';
import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import type { Llavero } from '../../src/app/llavero.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { toPromiseStore } from '../contracts/to-promise-store.js';
import type { CanaryPath } from './canary-path.js';
import { authorize, connect, listed, lookAround } from './everyday-steps.js';
import type { Stage } from './stage.js';
import { vendorNames, type VendorName } from './vendors.js';

const failed = 'ERR_STORE_FAILED';

/** A connection of the backend's own to the stage's file. */
const connection = async (stage: Stage): Promise<OwnSqliteDatabase> => {
  const Database = await loadBetterSqlite3();
  const database = new Database(stage.file, {});
  stage.later(() => void database.close());
  return database;
};

/** A llavero on a lent connection, which something is wrong with by the time a renewal begins. */
const spoil = async (stage: Stage, wrong: (database: OwnSqliteDatabase) => void): Promise<string> => {
  const database = await connection(stage);
  const llavero = stage.open({ store: sqliteStore({ database, busyPatienceMs: 50 }) });
  await stage.vendor.obtain(llavero);
  stage.ahead(1_000);
  wrong(database);
  const end = await stage.end(() => llavero.token(stage.vendor.key, { force: true }));
  await lookAround(stage, llavero);
  return end;
};

const reopen = async (stage: Stage): Promise<string> => {
  const llavero = stage.open();
  const end = await stage.end(() => llavero.status(stage.vendor.key));
  await lookAround(stage, llavero);
  return end;
};

/** Puts noise over the file, from a page on. */
const overwrite = async (stage: Stage, fromPage: number): Promise<string> => {
  const llavero = await connect(stage);
  await llavero.close();
  const file = await openFile(stage.file, 'r+');
  const { size } = await file.stat();
  const at = fromPage * 4_096;
  await file.write(randomBytes(size - at), 0, size - at, at);
  await file.close();
  return reopen(stage);
};

const onDisk: readonly (readonly [string, (stage: Stage) => Promise<string>])[] = [
  [
    'the disk is full',
    (stage) =>
      spoil(stage, (database) => {
        const pages = Number(database.pragma('page_count', { simple: true }));
        database.exec('CREATE TABLE filler (bytes BLOB)');
        database.pragma(`max_page_count = ${pages + 1}`);
        database.exec(`CREATE TRIGGER fill BEFORE UPDATE ON llavero_accounts BEGIN
          INSERT INTO filler VALUES (zeroblob(100000)); END`);
      }),
  ],
  ['nothing may be written', (stage) => spoil(stage, (database) => void database.pragma('query_only = ON'))],
  ['a table is gone', (stage) => spoil(stage, (database) => void database.exec('DROP TABLE llavero_accounts'))],
  [
    'a trigger raises the sealed token as its message',
    (stage) =>
      spoil(
        stage,
        (database) =>
          void database.exec(`CREATE TRIGGER spill BEFORE UPDATE ON llavero_accounts BEGIN
          SELECT RAISE(ABORT, 'token ' || NEW.token); END`),
      ),
  ],
  ['the file is noise', (stage) => overwrite(stage, 0)],
  ['all but the head of the file is noise', (stage) => overwrite(stage, 1)],
  [
    'somebody holds the lock',
    async (stage) => {
      await connect(stage);
      const llavero = stage.open({ store: sqliteStore({ path: stage.file, busyPatienceMs: 50 }) });
      await llavero.ready();
      const other = await connection(stage);
      other.exec('BEGIN EXCLUSIVE');
      stage.later(() => void other.exec('ROLLBACK'));
      return stage.end(() => llavero.token(stage.vendor.key, { force: true }));
    },
  ],
];

/**
 * A store that does its work and then throws an error with everything in it: in clear, because nothing is sealed. It is well
 * by the time that the stage closes, since `close` waits 30 s for a store that does not take an answer.
 */
const spillingStore = (stage: Stage, operation: Exclude<keyof PromiseTokenStore, 'namespace'>): PromiseTokenStore => {
  const store = toPromiseStore(memoryStore());
  const work: unknown = store[operation];
  let isWell = false;
  stage.later(() => void (isWell = true));
  const spill = async (...given: readonly unknown[]): Promise<unknown> => {
    const result: unknown = typeof work === 'function' ? await Reflect.apply(work, store, given) : undefined;
    if (isWell) return result;
    const record: unknown = typeof given[0] === 'string' ? await store.read(given[0]) : result;
    const text = JSON.stringify([given, record]);
    throw Object.assign(new Error(text, { cause: record }), { code: text, detail: text, given, record });
  };
  return { ...store, [operation]: spill };
};

interface Spill {
  readonly operation: Exclude<keyof PromiseTokenStore, 'namespace'>;
  readonly vendors?: readonly VendorName[];
  readonly ends?: string;
  readonly call: (stage: Stage, llavero: Llavero) => Promise<string>;
}

const browserVendors: readonly VendorName[] = ['centry', 'tray', 'standard'];
const obtaining = (stage: Stage, llavero: Llavero): Promise<string> => stage.end(() => stage.vendor.obtain(llavero));

const spills: readonly Spill[] = [
  { operation: 'open', call: obtaining },
  { operation: 'updateNote', call: obtaining },
  { operation: 'read', call: obtaining },
  { operation: 'update', call: obtaining },
  { operation: 'page', call: (stage, llavero) => stage.end(() => listed(llavero)) },
  { operation: 'claimDue', call: (stage, llavero) => stage.end(() => llavero.sweep()) },
  { operation: 'close', ends: 'ok', call: (stage, llavero) => stage.end(() => llavero.close()) },
  {
    operation: 'putPending',
    vendors: browserVendors,
    call: (stage, llavero) => stage.end(() => llavero.authorize(stage.vendor.key, stage.vendor.authorizeOptions)),
  },
  {
    operation: 'updatePending',
    vendors: browserVendors,
    call: async (stage, llavero) => {
      const { state } = await authorize(stage, llavero);
      return stage.end(() => llavero.callback(`?state=${state}&code=${stage.vendor.issueCode()}`));
    },
  },
];

const spillPath = ({ operation, ends = failed, call }: Spill, vendor: VendorName): CanaryPath => ({
  name: `store: ${operation} throws all that it was given, in clear`,
  vendor,
  ends,
  play: (stage) =>
    call(
      stage,
      stage.open({ store: fromPromiseStore(spillingStore(stage, operation)), ports: { cipher: plaintextCipher() } }),
    ),
});

/** Everything a database can do to its user. */
export const storePaths: readonly CanaryPath[] = vendorNames.flatMap((vendor) => [
  ...onDisk.map(([what, play]) => ({ name: `store: ${what}`, vendor, ends: failed, play })),
  ...spills.filter(({ vendors = vendorNames }) => vendors.includes(vendor)).map((spill) => spillPath(spill, vendor)),
]);
