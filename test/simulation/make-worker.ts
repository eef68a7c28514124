import 'reflect-metadata';
import {
  Container,
  ContainerModule,
  type BindInWhenOnFluentSyntax,
  type BindToFluentSyntax,
  type DynamicValueBuilder,
  type MapToResolvedValueInjectOptions,
  type ServiceIdentifier,
} from 'inversify';
import { ports, services } from '../../src/app/container/identifiers.js';
import { llaveroModules } from '../../src/app/container/llavero-modules.js';
import { makeProviderRegistry, policyOf } from '../../src/app/accounts/provider-registry.js';
import type { Llavero } from '../../src/app/llavero.js';
import { defaultRefreshPolicy, type RefreshPolicyOptions } from '../../src/domain/refresh-policy.js';
import type { Cipher } from '../../src/ports/cipher.js';
import type { Clock } from '../../src/ports/clock.js';
import type { EventSink } from '../../src/ports/event-sink.js';
import type { HttpClient } from '../../src/ports/http-client.js';
import type { Provider } from '../../src/ports/provider.js';
import type { Randomness } from '../../src/ports/randomness.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { providerId, simProvider } from './sim-provider.js';

/** Everything a llavero stands on. */
export interface WorkerParts {
  readonly provider: Provider;
  readonly policy: RefreshPolicyOptions;
  readonly store: TokenStore;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly cipher: Cipher;
  readonly randomness: Randomness;
  readonly events: EventSink;
}

export type MakeWorker = (parts: WorkerParts) => Llavero;

/** A binding whose singleton is made by `factory`, which knows by itself when to make another. */
const madeByFactory = <T>(bound: BindInWhenOnFluentSyntax<T>): BindInWhenOnFluentSyntax<T> =>
  Object.assign(bound, { inSingletonScope: () => bound.inTransientScope() });

/** The same module, with every service made anew for each worker: `current` says for which one. */
const perWorker =
  (current: () => unknown) =>
  (module: ContainerModule): ContainerModule => {
    const once = <Args extends readonly unknown[], T>(factory: (...args: Args) => T): ((...args: Args) => T) => {
      let last: { readonly of: unknown; readonly made: T } | undefined;
      return (...args) => {
        const of = current();
        const known = last !== undefined && last.of === of ? last : { of, made: factory(...args) };
        last = known;
        return known.made;
      };
    };
    return new ContainerModule((options) => {
      const bind = <T>(identifier: ServiceIdentifier<T>): BindToFluentSyntax<T> => {
        const to = options.bind(identifier);
        const toResolvedValue = to.toResolvedValue.bind(to);
        const toDynamicValue = to.toDynamicValue.bind(to);
        return Object.assign(to, {
          toResolvedValue: <Args extends unknown[]>(
            factory: (...args: Args) => T | Promise<T>,
            needs: MapToResolvedValueInjectOptions<Args>,
          ) => madeByFactory(toResolvedValue(once(factory), needs)),
          toDynamicValue: (factory: DynamicValueBuilder<T>) => madeByFactory(toDynamicValue(once(factory))),
        });
      };
      return module.load({ ...options, bind });
    });
  };

/**
 * Makes llaveros out of the library's own modules. One container makes them all, because a container of its own would cost each of them more than a whole simulated run.
 */
export const makeWorkerMaker = (): MakeWorker => {
  let next: WorkerParts | undefined;
  const part = <Name extends keyof WorkerParts>(name: Name): WorkerParts[Name] => {
    if (next === undefined) throw new Error('no worker is being made');
    return next[name];
  };
  const container = new Container({ defaultScope: 'Request', jitless: true });
  const placeholder = simProvider({ grant: 'code', presetSecret: 'any', accessLifetimeMs: 1 });
  container.load(
    ...llaveroModules({
      providers: [{ id: providerId, configure: () => placeholder }],
      store: memoryStore(),
      encryption: 'plaintext',
    }).map(perWorker(() => next)),
    new ContainerModule(({ rebind }) => {
      rebind(ports.tokenStore).toResolvedValue(() => part('store'));
      rebind(ports.httpClient).toResolvedValue(() => part('http'));
      rebind(ports.clock).toResolvedValue(() => part('clock'));
      rebind(ports.cipher).toResolvedValue(() => part('cipher'));
      rebind(ports.randomness).toResolvedValue(() => part('randomness'));
      rebind(ports.eventSink).toResolvedValue(() => part('events'));
      rebind(services.policy).toResolvedValue(() => policyOf(defaultRefreshPolicy, part('policy')));
      rebind(services.providers).toResolvedValue(
        (policy) => makeProviderRegistry([part('provider')], policy),
        [services.policy],
      );
    }),
  );
  return (parts) => {
    next = parts;
    return container.get(services.llavero);
  };
};
