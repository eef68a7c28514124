import type { SqliteDatabase } from '../../src/adapters/stores/sqlite/database.js';
import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import type { EncryptionKeys } from '../../src/app/llavero-options.js';
import type { CanaryPath } from './canary-path.js';
import { connect, lookAround } from './everyday-steps.js';
import type { Stage } from './stage.js';
import { vendorNames } from './vendors.js';

/** Reads and rewrites what is sealed in the one row there is. */
type Tamper = (sealed: string, stage: Stage) => string;

const column = { token: 'token', credential: 'credential' } as const;

const sealedIn = (database: SqliteDatabase, name: string): string => {
  const row: unknown = database.prepare(`SELECT ${name} AS sealed FROM llavero_accounts`).get();
  if (typeof row === 'object' && row !== null && 'sealed' in row && typeof row.sealed === 'string') return row.sealed;
  throw new Error(`the row has no ${name}`);
};

const tampered = async (stage: Stage, work: (database: SqliteDatabase) => void): Promise<string> => {
  const llavero = await connect(stage);
  await llavero.close();
  const Database = await loadBetterSqlite3();
  const database = new Database(stage.file, {});
  work(database);
  database.close();
  const again = stage.open();
  const end = await stage.end(() => again.token(stage.vendor.key));
  await lookAround(stage, again);
  return end;
};

const rewriting = (stage: Stage, name: keyof typeof column, tamper: Tamper): Promise<string> =>
  tampered(stage, (database) => {
    const next = tamper(sealedIn(database, name), stage);
    database.prepare(`UPDATE llavero_accounts SET ${name} = ?`).run(next);
  });

const flipped: Tamper = (sealed) => {
  const [format, id, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return `${format}.${id}.${bytes.toString('base64url')}`;
};

const inClear: Tamper = (_sealed, stage) => {
  stage.spoilFile();
  return JSON.stringify({
    accessToken: stage.secret('access token'),
    refreshToken: stage.secret('refresh token'),
    clientSecret: stage.secret('client secret'),
    tokenType: 'Bearer',
    obtainedAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
  });
};

const tampers: readonly (readonly [string, Tamper])[] = [
  ['has a flipped bit', flipped],
  ['is cut off', (sealed) => sealed.slice(0, -8)],
  ['is cut off in its IV', (sealed) => sealed.slice(0, 20)],
  ['names another key', (sealed) => sealed.replace('lv1.canary.', 'lv1.other.')],
  ['was planted in clear', inClear],
  ['was planted in clear behind the prefix of a seal', (sealed, stage) => `lv1.canary.${inClear(sealed, stage)}`],
];

const otherKey = (id: string): EncryptionKeys => ({
  keys: [{ id, secret: Buffer.alloc(32, 'another key than the one of before').toString('base64') }],
});

const withOtherKeys = async (stage: Stage, encryption: EncryptionKeys): Promise<string> => {
  await connect(stage);
  const llavero = stage.open({ encryption });
  const end = await stage.end(() => llavero.token(stage.vendor.key));
  await lookAround(stage, llavero);
  return end;
};

/** Everything that can be wrong with what is sealed, or with the keys. */
export const sealPaths: readonly CanaryPath[] = vendorNames.flatMap((vendor) => {
  const path = (name: string, play: CanaryPath['play']): CanaryPath => ({
    name: `seal: ${name}`,
    vendor,
    ends: 'ERR_DECRYPTION_FAILED',
    play,
  });
  return [
    ...tampers.flatMap(([what, tamper]) => [
      path(`the token ${what}`, (stage) => rewriting(stage, 'token', tamper)),
      path(`the credential ${what}`, (stage) => rewriting(stage, 'credential', tamper)),
    ]),
    path('the token stands where the credential belongs', (stage) =>
      tampered(stage, (database) => void database.prepare('UPDATE llavero_accounts SET credential = token').run()),
    ),
    path('the row was moved to another account', async (stage) => {
      await connect(stage);
      const elsewhere = `${stage.vendor.key}-2`;
      const Database = await loadBetterSqlite3();
      const database = new Database(stage.file, {});
      const account = elsewhere.split('/')[1] ?? '';
      database.prepare('UPDATE llavero_accounts SET key = ?, account = ?').run(elsewhere, account);
      database.close();
      const again = stage.open();
      return stage.end(() => again.token(elsewhere));
    }),
    {
      ...path('values that do not open are resealed', async (stage) => {
        await tampered(stage, (database) => {
          const next = flipped(sealedIn(database, 'token'), stage);
          database.prepare('UPDATE llavero_accounts SET token = ?').run(next);
        });
        const keys = [{ id: 'newest', secret: Buffer.alloc(32, 5).toString('base64') }, ...stage.keys.keys];
        const again = stage.open({ encryption: { keys } });
        return stage.end(() => again.reseal({ onProgress: stage.watch }));
      }),
      ends: 'ok',
    },
    path('the key has another secret', (stage) => withOtherKeys(stage, otherKey('canary'))),
    path('the key is not there', (stage) => withOtherKeys(stage, otherKey('other'))),
  ];
});
