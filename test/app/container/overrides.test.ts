import { Container, ContainerModule } from 'inversify';
import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ports, services } from '../../../src/app/container/identifiers.js';
import { llaveroModules } from '../../../src/app/container/llavero-modules.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { scriptedHttp } from '../../../src/testing/scripted-http.js';
import { citrusKey, citrusPreset, encryption, makeScene } from '../llavero-fixture.js';
import { citrusAnswer } from '../provider-answers.js';

const options = () => ({ providers: [citrusPreset()], store: memoryStore(), encryption: encryption() });

describe('the modules of llavero', () => {
  it('can be loaded into a container of the backend, whatever its default scope, which then gets any service', async () => {
    const container = new Container();
    container.load(...llaveroModules(options()));
    const http = scriptedHttp([citrusAnswer(1)]);
    container.rebind(ports.httpClient).toConstantValue(http);
    const llavero = container.get(services.llavero);
    expect((await llavero.token(citrusKey)).generation).toBe(1);
    const status = await container.get(services.getStatus)(citrusKey)();
    expect(status).toMatchObject(right({ key: citrusKey, state: 'ready' }));
    expect(container.get(services.llavero)).toBe(llavero);
    expect(container.get(services.policy).patienceMs).toBe(15_000);
    expect(container.get(services.providers).ids).toEqual(['citrusad']);
  });

  it('share one cache and one flight a key whatever scope the container has by default', async () => {
    const container = new Container({ defaultScope: 'Transient' });
    container.load(...llaveroModules(options()));
    container.rebind(ports.httpClient).toConstantValue(scriptedHttp([citrusAnswer(1), citrusAnswer(2)]));
    const llavero = container.get(services.llavero);
    await llavero.invalidate(citrusKey, await llavero.token(citrusKey));
    expect((await llavero.token(citrusKey)).generation).toBe(2);
    expect(llavero.peek(citrusKey)?.generation).toBe(2);
    expect(container.get(services.llavero)).toBe(llavero);
  });

  it('hold no state in common: each llavero has tokens and flights of its own', async () => {
    const { llavero, another, http, store } = makeScene();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    store.resetCounts();
    expect(another().peek(citrusKey)).toBeUndefined();
    expect((await another().token(citrusKey)).generation).toBe(1);
    expect(store.asked('read')).toBe(1);
  });
});

describe('an override', () => {
  it('wins over what the options brought, and the last one wins over the others', async () => {
    const http = scriptedHttp([citrusAnswer(1)]);
    const withHttp = (client: typeof http) =>
      new ContainerModule(({ rebind }) => {
        rebind(ports.httpClient).toConstantValue(client);
      });
    const llavero = createLlavero({ ...options(), overrides: [withHttp(scriptedHttp()), withHttp(http)] });
    expect((await llavero.token(citrusKey)).generation).toBe(1);
    http.assertDone();
  });

  it('can replace the store and a use case', async () => {
    const store = memoryStore();
    const llavero = createLlavero({
      ...options(),
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.tokenStore).toConstantValue(store);
          rebind(services.removeAccount).toConstantValue(() => async () => right(undefined));
        }),
      ],
    });
    await llavero.register({ provider: 'citrusad' });
    await llavero.remove(citrusKey);
    expect(await store.read(citrusKey)()).toMatchObject(right({ key: citrusKey }));
  });
});
