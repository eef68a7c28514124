import { left } from 'fp-ts/lib/Either.js';
import { aesGcmCipher } from '../../src/adapters/crypto/aes-gcm-cipher.js';
import type { PortAdapters } from '../../src/app/container/swap-ports.js';
import type { Cipher } from '../../src/ports/cipher.js';
import type { HttpClient } from '../../src/ports/http-client.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import type { CanaryPath } from './canary-path.js';
import { connect, lookAround } from './everyday-steps.js';
import type { Stage } from './stage.js';
import { vendorNames, type VendorName } from './vendors.js';

/** An error as careless libraries throw it: with all they were given in its message, its fields and its cause. */
const spilling = (...given: readonly unknown[]): Error => {
  const text = JSON.stringify(given);
  return Object.assign(new Error(text, { cause: given }), { code: text, given, config: { data: given } });
};

const clients: readonly (readonly [string, HttpClient])[] = [
  [
    'throws at once',
    {
      send: (request) => {
        throw spilling(request);
      },
    },
  ],
  [
    'throws when it is run',
    {
      send: (request) => () => {
        throw spilling(request);
      },
    },
  ],
  ['rejects', { send: (request) => () => Promise.reject(spilling(request)) }],
];

const renewWith = async (stage: Stage, ports: PortAdapters): Promise<string> => {
  await connect(stage);
  const llavero = stage.open({ ports });
  const end = await stage.end(() => llavero.token(stage.vendor.key, { force: true }));
  await lookAround(stage, llavero);
  return end;
};

const obtainWith = async (stage: Stage, ports: PortAdapters): Promise<string> => {
  const llavero = stage.open({ ports });
  const end = await stage.end(() => stage.vendor.obtain(llavero));
  await lookAround(stage, llavero);
  return end;
};

const cipher = (stage: Stage, broken: Partial<Cipher>): PortAdapters => ({
  cipher: { ...aesGcmCipher(stage.keys), ...broken },
});

const throwing = (...given: readonly unknown[]): never => {
  throw spilling(...given);
};

interface Broken {
  readonly name: string;
  readonly ends: (vendor: VendorName) => string;
  readonly play: (stage: Stage) => Promise<string>;
}

const broken: readonly Broken[] = [
  ...clients.flatMap(([how, httpClient]) => [
    {
      name: `an HTTP client that ${how}, at the first token`,
      ends: () => 'ERR_PROVIDER_UNAVAILABLE',
      play: (stage: Stage) => obtainWith(stage, { httpClient }),
    },
    {
      name: `an HTTP client that ${how}, at a renewal`,
      ends: (vendor: VendorName) => (vendor === 'citrusAd' ? 'ERR_PROVIDER_UNAVAILABLE' : 'ERR_OUTCOME_UNKNOWN'),
      play: (stage: Stage) => renewWith(stage, { httpClient }),
    },
  ]),
  {
    name: 'a cipher that throws what it seals',
    ends: () => 'ERR_DECRYPTION_FAILED',
    play: (stage) => obtainWith(stage, cipher(stage, { seal: throwing })),
  },
  {
    name: 'a cipher that rejects with what it seals',
    ends: () => 'ERR_DECRYPTION_FAILED',
    play: (stage) => obtainWith(stage, cipher(stage, { seal: (text) => () => Promise.reject(spilling(text)) })),
  },
  {
    name: 'a cipher that throws what it opened',
    ends: () => 'ERR_DECRYPTION_FAILED',
    play: (stage) =>
      renewWith(
        stage,
        cipher(stage, {
          open: (sealed, binding) => async () => {
            const opened = await aesGcmCipher(stage.keys).open(sealed, binding)();
            return throwing(opened);
          },
        }),
      ),
  },
  {
    name: 'a cipher that does not open what it sealed',
    ends: () => 'ERR_DECRYPTION_FAILED',
    play: (stage) =>
      renewWith(
        stage,
        cipher(stage, { open: () => () => Promise.resolve(left({ _tag: 'CipherFailure', why: 'failed_tag' })) }),
      ),
  },
  {
    name: 'a store that throws what it is given',
    ends: () => 'ERR_STORE_FAILED',
    play: (stage) => obtainWith(stage, { tokenStore: { ...memoryStore(), update: throwing } }),
  },
  {
    name: 'an event sink that throws',
    ends: () => 'ok',
    play: (stage) => obtainWith(stage, { eventSink: { emit: throwing } }),
  },
];

/** Adapters that break the law of their port, with secrets in their hands. */
export const adapterPaths: readonly CanaryPath[] = vendorNames.flatMap((vendor) =>
  broken.map(({ name, ends, play }) => ({ name: `adapter: ${name}`, vendor, ends: ends(vendor), play })),
);
