import { inspect } from 'node:util';
import { ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import { ports } from '../../../src/app/container/identifiers.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { HttpClient } from '../../../src/ports/http-client.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  failureOf,
  makeScene,
  secondMs,
} from '../llavero-fixture.js';
import { canary, citrusAnswer } from '../provider-answers.js';

const boom = (): never => {
  throw new Error(`a driver's message with ${canary}-secret`);
};

const throwing: readonly (readonly [string, HttpClient])[] = [
  ['at once', { send: boom }],
  ['when it is run', { send: () => boom }],
  ['later', { send: () => async () => boom() }],
];

const withHttp = (http: HttpClient): ContainerModule =>
  new ContainerModule(({ rebind }) => {
    rebind(ports.httpClient).toConstantValue(http);
  });

/** The code of an error of ours, which has to show nothing of what was thrown. */
const cleanCodeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await failureOf(promise);
  return inspect(error, { depth: null, showHidden: true }).includes(canary) ? `leaked by ${error.code}` : error.code;
};

describe('an HTTP client that breaks its law and throws', () => {
  it.each(throwing)('%s leaves the outcome of a renewal unknown', async (_when, http) => {
    const { another, clock } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const process = another({ overrides: [withHttp(http)] });
    expect(await cleanCodeOf(process.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    expect((await process.status(centryKey)).state).toBe('outcome_unknown');
  });

  it.each(throwing)('%s lets an exchange fail with an error of ours', async (_when, http) => {
    const { llavero } = makeScene({ overrides: [withHttp(http)] });
    expect(await cleanCodeOf(llavero.exchange(centryKey, { code: 'c' }))).toBe('ERR_PROVIDER_UNAVAILABLE');
  });

  it('keeps no key busy for ever', async () => {
    const { another, clock, http, llavero } = makeScene();
    const broken = another({ overrides: [withHttp({ send: boom })] }).token(citrusKey);
    expect(await cleanCodeOf(broken)).toBe('ERR_PROVIDER_UNAVAILABLE');
    await clock.advance(secondMs);
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });
});

describe('a store that breaks its law and throws', () => {
  const onStore = (broken: Partial<TokenStore>): Llavero =>
    makeScene({
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.tokenStore).toConstantValue({ ...memoryStore(), ...broken });
        }),
      ],
    }).llavero;

  it.each<readonly [string, Partial<TokenStore>]>([
    ['opening', { open: boom }],
    ['opening, later', { open: async () => boom() }],
    ['reading', { read: boom }],
    ['reading, later', { read: () => async () => boom() }],
    ['writing', { update: boom }],
    ['writing, later', { update: () => async () => boom() }],
  ])('%s lets every call fail with an error of ours', async (_what, broken) => {
    const llavero = onStore(broken);
    expect(await cleanCodeOf(llavero.register({ provider: 'citrusad' }))).toBe('ERR_STORE_FAILED');
    expect(await cleanCodeOf(llavero.register({ provider: 'citrusad' }))).toBe('ERR_STORE_FAILED');
    expect(await cleanCodeOf(llavero.exchange(centryKey, { code: 'c' }))).toBe('ERR_STORE_FAILED');
  });

  it('only once while opening is tried again by the next call', async () => {
    const healthy = memoryStore();
    let times = 0;
    const llavero = onStore({ open: () => ((times += 1) === 1 ? Promise.reject(new Error(canary)) : healthy.open()) });
    expect(await cleanCodeOf(llavero.ready())).toBe('ERR_STORE_FAILED');
    await llavero.ready();
    expect(times).toBe(2);
  });
});
