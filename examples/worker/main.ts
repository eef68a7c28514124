import { setTimeout as sleep } from 'node:timers/promises';
import { ourLlavero } from '../our-llavero.js';
import { importAll } from './import-all.js';

/** A worker without a queue: a round, a rest, a round. Any number of these processes may run on one store. */
const llavero = ourLlavero(process.env);
await llavero.ready();
llavero.start(); // renews what nobody asks for, before it dies

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

while (!stopping.signal.aborted) {
  const { orders, disconnected, later } = await importAll(llavero);
  for (const [key, count] of orders) console.log(`${key}: ${count} orders`);
  for (const key of disconnected) console.log(`${key}: somebody has to connect this shop again`);
  for (const [key, ms] of later) console.log(`${key}: again in ${Math.ceil(ms / 1_000)} s`);
  const restMs = Math.min(Number(process.env['ROUND_MS'] ?? 300_000), ...later.values());
  await sleep(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
}
await llavero.close();
