import { ContainerModule } from 'inversify';
import { aesGcmCipher } from '../../adapters/crypto/aes-gcm-cipher.js';
import { keyedFingerprint } from '../../adapters/crypto/fingerprint.js';
import { plaintextCipher } from '../../adapters/crypto/plaintext-cipher.js';
import { systemRandomness } from '../../adapters/crypto/system-randomness.js';
import { diagnosticsEventSink } from '../../adapters/events/diagnostics-event-sink.js';
import { flexibleRateLimiter } from '../../adapters/limits/flexible-rate-limiter.js';
import { globalFetch } from '../../adapters/http/global-fetch.js';
import { gotHttpClient } from '../../adapters/http/got-http-client.js';
import { systemClock } from '../../adapters/time/system-clock.js';
import { makeProviderRegistry } from '../accounts/provider-registry.js';
import { readAdapters, readProviders, type LlaveroOptions } from '../llavero-options.js';
import { internals, ports, services } from './identifiers.js';

/** The default adapter behind every port. Throws `TypeError` on options that cannot work. */
export const portsModule = (options: LlaveroOptions): ContainerModule => {
  const { store, encryption, rules, fetch, storeTimeoutMs } = readAdapters(options);
  const cipher = encryption === 'plaintext' ? plaintextCipher() : aesGcmCipher(encryption);
  return new ContainerModule(({ bind }) => {
    bind(ports.tokenStore).toConstantValue(store);
    bind(internals.settings).toConstantValue({
      storeTimeoutMs,
      apiLimits: options.apiLimits,
      keyedBy: keyedFingerprint,
    });
    bind(ports.cipher).toConstantValue(cipher);
    bind(ports.clock)
      .toResolvedValue(() => systemClock())
      .inSingletonScope();
    bind(ports.randomness)
      .toResolvedValue(() => systemRandomness())
      .inSingletonScope();
    bind(ports.eventSink)
      .toResolvedValue(() => diagnosticsEventSink())
      .inSingletonScope();
    bind(ports.rateLimiter)
      .toResolvedValue(() => flexibleRateLimiter())
      .inSingletonScope();
    bind(ports.fetch).toConstantValue(fetch ?? globalFetch());
    bind(ports.httpClient)
      .toResolvedValue((clock) => gotHttpClient({ clock, rules }), [ports.clock])
      .inSingletonScope();
  });
};

/** The providers and the numbers they are used with. Throws `TypeError` on a provider that cannot work. */
export const providersModule = (options: LlaveroOptions): ContainerModule => {
  const { providers, policy } = readProviders(options);
  const registry = makeProviderRegistry(providers, policy);
  return new ContainerModule(({ bind }) => {
    bind(services.policy).toConstantValue(policy);
    bind(services.providers).toConstantValue(registry);
  });
};
