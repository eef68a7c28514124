import * as TE from 'fp-ts/lib/TaskEither.js';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { describe, expect, it } from 'vitest';
import { internals, ports, services } from '../../../src/app/container/identifiers.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { UseCase } from '../../../src/app/use-case/use-case-error.js';
import { tokenError } from '../../../src/domain/token-error.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { scriptedHttp } from '../../../src/testing/scripted-http.js';
import { centryKey, centryPreset, citrusKey, citrusPreset, encryption, failureOf } from '../llavero-fixture.js';
import { citrusAnswer } from '../provider-answers.js';

const why = 'the other one';
const other = (): UseCase<never> => TE.left(tokenError('StoreFailed', { operation: 'test', why }));

/** A module that binds something else to a service. */
const rebound = <T>(service: ServiceIdentifier<T>, value: T): ContainerModule =>
  new ContainerModule(({ rebind }) => {
    rebind(service).toConstantValue(value);
  });

const withOther = (module: ContainerModule): Llavero =>
  createLlavero({
    providers: [centryPreset(), citrusPreset()],
    store: memoryStore(),
    encryption: encryption(),
    overrides: [module],
  });

const first = async (listed: AsyncIterable<unknown>): Promise<unknown> => listed[Symbol.asyncIterator]().next();

describe('a service that was rebound', () => {
  it.each<readonly [string, ContainerModule, (llavero: Llavero) => Promise<unknown>]>([
    ['getToken', rebound(services.getToken, other), (l) => l.token(citrusKey)],
    ['getToken', rebound(services.getToken, other), (l) => l.fetch(citrusKey, '/ads/x')],
    ['registerAccount', rebound(services.registerAccount, other), (l) => l.register({ provider: 'citrusad' })],
    ['removeAccount', rebound(services.removeAccount, other), (l) => l.remove(citrusKey)],
    ['revokeToken', rebound(services.revokeToken, other), (l) => l.revoke(citrusKey)],
    ['retryAccount', rebound(services.retryAccount, other), (l) => l.retry(citrusKey)],
    ['getStatus', rebound(services.getStatus, other), (l) => l.status(citrusKey)],
    ['listStatuses', rebound(services.listStatuses, other), (l) => first(l.list())],
    ['startAuthorization', rebound(services.startAuthorization, other), (l) => l.authorize(centryKey)],
    [
      'completeAuthorization',
      rebound(services.completeAuthorization, { fromCallback: other, fromCode: other }),
      (l) => l.exchange(centryKey, { code: 'c' }),
    ],
    ['callApi', rebound(services.callApi, other), (l) => l.fetch(citrusKey, '/ads/x')],
    ['sweepAccounts', rebound(services.sweepAccounts, other), (l) => l.sweep()],
    ['resealAccounts', rebound(services.resealAccounts, other), (l) => l.reseal()],
  ])('is used by what stands on it: %s', async (_name, module, call) => {
    expect((await failureOf(call(withOther(module)))).reason).toMatchObject({ _tag: 'StoreFailed', why });
  });

  it('is asked to invalidate what an API refused: invalidateToken', async () => {
    const http = scriptedHttp([citrusAnswer(1)]);
    const asked: string[] = [];
    const llavero = createLlavero({
      providers: [citrusPreset()],
      store: memoryStore(),
      encryption: encryption(),
      fetch: async () => new Response(undefined, { status: 401 }),
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.httpClient).toConstantValue(http);
          rebind(services.invalidateToken).toConstantValue((key) => {
            asked.push(key);
            return other();
          });
        }),
      ],
    });
    const token = await llavero.token(citrusKey);
    await failureOf(llavero.invalidate(citrusKey, token));
    await llavero.fetch(citrusKey, '/ads/x').catch(() => undefined);
    expect(asked).toEqual([citrusKey, citrusKey]);
  });
});

describe('the container', () => {
  it('knows the ports, the services and what they are composed from, and nothing else', () => {
    expect(Object.keys(ports)).toHaveLength(8);
    expect(Object.keys(services)).toHaveLength(16);
    expect(Object.keys(internals)).toEqual(['settings', 'parts', 'apiCaller']);
  });
});
