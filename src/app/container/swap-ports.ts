import { ContainerModule } from 'inversify';
import type { Cipher } from '../../ports/cipher.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Fetch } from '../../ports/fetch.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Randomness } from '../../ports/randomness.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { TokenStore } from '../../ports/token-store.js';
import { ports } from './identifiers.js';

/** Adapters to put behind ports, by the port's name. */
export interface PortAdapters {
  readonly httpClient?: HttpClient | undefined;
  readonly tokenStore?: TokenStore | undefined;
  readonly clock?: Clock | undefined;
  readonly randomness?: Randomness | undefined;
  readonly cipher?: Cipher | undefined;
  readonly eventSink?: EventSink | undefined;
  readonly fetch?: Fetch | undefined;
  readonly rateLimiter?: RateLimiter | undefined;
}

/** A module that puts these adapters behind their ports: `createLlavero({ …, overrides: [swapPorts({ clock })] })`. */
export const swapPorts = (adapters: PortAdapters): ContainerModule =>
  new ContainerModule(({ rebind }) => {
    const { httpClient, tokenStore, clock, randomness, cipher, eventSink, fetch, rateLimiter } = adapters;
    if (httpClient !== undefined) rebind(ports.httpClient).toConstantValue(httpClient);
    if (tokenStore !== undefined) rebind(ports.tokenStore).toConstantValue(tokenStore);
    if (clock !== undefined) rebind(ports.clock).toConstantValue(clock);
    if (randomness !== undefined) rebind(ports.randomness).toConstantValue(randomness);
    if (cipher !== undefined) rebind(ports.cipher).toConstantValue(cipher);
    if (eventSink !== undefined) rebind(ports.eventSink).toConstantValue(eventSink);
    if (fetch !== undefined) rebind(ports.fetch).toConstantValue(fetch);
    if (rateLimiter !== undefined) rebind(ports.rateLimiter).toConstantValue(rateLimiter);
  });
