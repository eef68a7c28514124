import { ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import { makeProviderRegistry, policyOf } from '../../src/app/accounts/provider-registry.js';
import { services } from '../../src/app/container/identifiers.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { makeWorkerMaker, type MakeWorker } from './make-worker.js';
import { runSeed } from './run-seed.js';

const makeWorker = makeWorkerMaker();

/** A worker as a backend makes it: in a container of its own. */
const makeOwnWorker: MakeWorker = ({ provider, policy, store, http, clock, cipher, randomness, events }) =>
  createLlavero({
    providers: [{ id: provider.id, configure: () => provider }],
    store,
    encryption: 'plaintext',
    policy,
    overrides: [
      swapPorts({ httpClient: http, clock, cipher, randomness, eventSink: events }),
      new ContainerModule(({ rebind }) => {
        rebind(services.providers).toConstantValue(
          makeProviderRegistry([provider], policyOf(defaultRefreshPolicy, policy)),
        );
      }),
    ],
  });

/** Plans of all kinds: calm and stormy, with one key and with three. */
const seeds = [1, 2, 3, 55, 107, 732, 1_480, 2_883, 4_953, 6_555];

describe('a seed', () => {
  it('replays identically, ten times out of ten', async () => {
    for (const seed of seeds) {
      const digests = new Set<string>();
      for (let time = 0; time < 10; time += 1) digests.add((await runSeed(seed, makeWorker)).digest);
      expect(digests.size).toBe(1);
    }
  });

  it('replays identically whether its story is kept or not, and whatever ran before', async () => {
    for (const seed of seeds.toReversed()) {
      const { digest } = await runSeed(seed, makeWorkerMaker());
      expect((await runSeed(seed, makeWorker, true)).digest).toBe(digest);
    }
  });

  it('gives another schedule than every other seed', async () => {
    const digests = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) digests.add((await runSeed(seed, makeWorker)).digest);
    expect(digests.size).toBe(200);
  });

  it('runs as it does with llaveros from containers of their own', async () => {
    for (const seed of seeds) {
      const { digest } = await runSeed(seed, makeWorker);
      expect((await runSeed(seed, makeOwnWorker)).digest).toBe(digest);
    }
  });
});
