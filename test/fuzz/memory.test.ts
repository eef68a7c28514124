import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { createLlavero } from '../../src/app/create-llavero.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { HttpClient } from '../../src/ports/http-client.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { openDatabase } from '../adapters/stores/sqlite/open-database.js';
import { scratchFile } from '../adapters/stores/sqlite/scratch-file.js';
import { centryPreset, citrusPreset, encryption } from '../app/llavero-fixture.js';
import { citrusAnswer } from '../app/provider-answers.js';
import { testSize } from '../test-size.js';

const cacheEntries = 500;

const makeOne = (store: TokenStore, clock: FakeClock): Llavero => {
  const http: HttpClient = {
    send: () => () => {
      const { json } = citrusAnswer(1);
      return Promise.resolve(right({ status: 200, headers: {}, json, sentAtMs: clock.nowMs() }));
    },
  };
  return createLlavero({
    providers: [centryPreset(), citrusPreset()],
    store,
    encryption: encryption(),
    policy: { cacheEntries },
    overrides: [swapPorts({ httpClient: http, clock, eventSink: { emit: () => undefined } })],
  });
};

describe('what a process keeps in memory', () => {
  it('is no more than cacheEntries tokens, however many keys are asked for', { timeout: 7_200_000 }, async () => {
    const keys = { short: 2_000, normal: 20_000, long: 200_000 }[testSize()];
    const llavero = makeOne(memoryStore(), fakeClock());
    let most = 0;
    for (let key = 0; key < keys; key += 1) {
      await llavero.token(`citrusad/${key}`);
      if (key % 1_000 !== 999) continue;
      const held = Array.from({ length: key + 1 }, (_, at) => llavero.peek(`citrusad/${at}`)).filter((token) => token);
      most = Math.max(most, held.length);
    }
    expect(most).toBe(cacheEntries);
  });
});

describe('what a store keeps of authorizations that nobody finished', () => {
  it(
    'is those of the last ten minutes, and of the hour before: a clock may have been wrong',
    { timeout: 7_200_000 },
    async () => {
      const path = await scratchFile();
      const clock = fakeClock();
      const llavero = makeOne(sqliteStore({ path }), clock);
      for (let started = 0; started < 120; started += 1) {
        await llavero.authorize('centry/acme');
        await clock.advance(60_000);
      }
      const database = await openDatabase(path);
      expect(database.prepare('SELECT count(*) AS kept FROM llavero_pending').get()).toEqual({ kept: 70 });
      await llavero.close();
    },
  );
});
