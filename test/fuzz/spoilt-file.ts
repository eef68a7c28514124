import { isRight, right } from 'fp-ts/lib/Either.js';
import { aesGcmCipher } from '../../src/adapters/crypto/aes-gcm-cipher.js';
import { keyedFingerprint } from '../../src/adapters/crypto/fingerprint.js';
import { cellsOf } from '../../src/adapters/stores/sqlite/cells.js';
import { accountColumns, accountRow } from '../../src/adapters/stores/sqlite/rows.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { AccountRecord, Attempt, Failure } from '../../src/domain/account-record.js';
import type { CredentialFields } from '../../src/domain/credential.js';
import type { IssuedToken } from '../../src/domain/issued-token.js';
import { encodeCredentialFields, encodeIssuedToken } from '../../src/domain/secrets-codec.js';
import { Secret } from '../../src/domain/secret.js';
import type { HttpClient } from '../../src/ports/http-client.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { bareRecord, fullRecord } from '../../src/testing/store-contract/sample-record.js';
import { openDatabase, type BackendDatabase } from '../adapters/stores/sqlite/open-database.js';
import { scratchFile } from '../adapters/stores/sqlite/scratch-file.js';
import { centryPreset, citrusPreset, encryption, trayPreset } from '../app/llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, trayAnswer } from '../app/provider-answers.js';
import type { Random } from '../simulation/random.js';

/** A llavero on a file that somebody else writes as well. */
export interface SpoiltFile {
  readonly database: BackendDatabase;
  readonly llavero: () => Llavero;
  /** Closes the llavero and makes another on the same file. */
  readonly restart: () => Promise<void>;
  /** Puts one good account into the file, alone. */
  readonly plant: (random: Random, key: string) => Promise<AccountRecord>;
  /** Lets time pass until a call has settled. */
  readonly outcomeOf: (call: () => Promise<unknown>) => Promise<unknown>;
  /** Where requests went since the last account was planted. */
  readonly asked: () => readonly string[];
  /** The name under which Centry's rest is noted. */
  readonly restNote: string;
}

const cipher = aesGcmCipher(encryption());
const hourMs = 3_600_000;

const sealFor = async (key: string, field: 'token' | 'credential', text: string): Promise<string> => {
  const sealed = await cipher.seal(text, { namespace: 'llavero', key, field })();
  return isRight(sealed) ? sealed.right : '';
};

const tokenAt = (nowMs: number): IssuedToken => ({
  accessToken: new Secret(`${canary}-stored-access`),
  refreshToken: new Secret(`${canary}-stored-refresh`),
  tokenType: 'Bearer',
  obtainedAt: new Date(nowMs - hourMs),
  expiresAt: new Date(nowMs + hourMs),
  attributes: {},
});

const fieldsOf = (key: string): CredentialFields =>
  key.startsWith('tray/') ? { apiAddress: 'https://shop.example.com/web_api' } : {};

const attemptAt = (random: Random, nowMs: number): Attempt => {
  const endsMs = nowMs + random.pick([-60_000, 0, 30_000]);
  const unknown = random.chance(0.3);
  return { ...fullRecord().attempt, startedAt: nowMs - 60_000, expiresAt: endsMs, settlesAt: endsMs + 30_000, unknown };
};

const terminals = [undefined, 'reauthorization_required', 'client_rejected', 'account_unavailable'] as const;

const failureAt = (random: Random, nowMs: number): Failure => ({
  ...fullRecord().failure,
  at: nowMs,
  retryAt: nowMs + random.pick([0, 60_000]),
  terminal: random.pick<Failure['terminal']>(terminals),
  code: random.pick(['ERR_REQUEST_REJECTED', 'ERR_UNTRUSTED_ADDRESS', 'ERR_PROVIDER_UNAVAILABLE']),
});

export const openSpoiltFile = async (): Promise<SpoiltFile> => {
  const path = await scratchFile();
  const clock = fakeClock();
  let asked: string[] = [];
  let drawn = 0;

  const http: HttpClient = {
    send: (request) => () => {
      asked.push(request.url);
      const sentAtMs = clock.nowMs();
      const answer = request.url.includes('shop.example') ? trayAnswer(1, sentAtMs) : centryAnswer(1);
      const { json } = request.url.includes('citrusad') ? citrusAnswer(1) : answer;
      return Promise.resolve(right({ status: 200, headers: {}, json, sentAtMs }));
    },
  };
  const randomness = { token: () => `drawn-${(drawn += 1)}`, fraction: () => 0 };
  const start = (): Llavero =>
    createLlavero({
      providers: [centryPreset(), trayPreset(), citrusPreset()],
      store: sqliteStore({ path }),
      encryption: encryption(),
      policy: { patienceMs: 500 },
      overrides: [swapPorts({ httpClient: http, clock, randomness, eventSink: { emit: () => undefined } })],
    });

  let llavero = start();
  await llavero.ready();
  const database = await openDatabase(path);
  database.pragma('synchronous = OFF');
  const named = accountColumns.map((column) => `@${column}`).join(', ');
  const insert = database.prepare(
    `INSERT INTO llavero_accounts (namespace, ${accountColumns.join(', ')}) VALUES ('llavero', ${named})`,
  );

  const sealed = cellsOf(database.prepare(`SELECT text FROM llavero_notes WHERE name = 'fingerprint-key'`).get());
  const secret = await cipher.open(sealed.text('text'), {
    namespace: 'llavero',
    key: 'fingerprint-key',
    field: 'fingerprint_key',
  })();
  if (secret._tag === 'Left') throw new Error(secret.left.why);
  const fingerprint = keyedFingerprint(secret.right);

  const outcomeOf = async (call: () => Promise<unknown>): Promise<unknown> => {
    const state = { settled: false };
    const outcome = call()
      .catch((error: unknown) => error)
      .finally(() => (state.settled = true));
    while (!state.settled) await clock.advance(250);
    return outcome;
  };

  return {
    database,
    llavero: () => llavero,
    restart: async () => {
      await outcomeOf(() => llavero.close());
      llavero = start();
    },
    plant: async (random, key) => {
      const nowMs = clock.nowMs();
      const token = tokenAt(nowMs);
      const record: AccountRecord = {
        ...bareRecord(key),
        credential: await sealFor(key, 'credential', encodeCredentialFields(fieldsOf(key))),
        token: await sealFor(key, 'token', encodeIssuedToken(token)),
        generation: 1,
        obtainedAt: token.obtainedAt.getTime(),
        accessTokenExpiresAt: token.expiresAt.getTime(),
        renewable: true,
        invalidated: random.chance(0.5),
        warmAt: nowMs,
        keepAliveAt: nowMs,
        ...(random.chance(0.3) ? { attempt: attemptAt(random, nowMs) } : {}),
        ...(random.chance(0.5) ? { failure: failureAt(random, nowMs) } : {}),
      };
      database.exec('DELETE FROM llavero_accounts; DELETE FROM llavero_pending');
      insert.run(accountRow(record));
      asked = [];
      return record;
    },
    outcomeOf,
    asked: () => asked,
    restNote: `rest/centry/${fingerprint(`centry-client\n${canary}-centry-secret`)}`,
  };
};
