import { barePromise } from '../contenders/bare-promise.mjs';
import { startEndpoint } from '../contenders/endpoint.mjs';
import { renewingLlavero } from '../contenders/renewing-llavero.mjs';
import { renewingPeers } from '../contenders/renewing-peers.mjs';
import { inTemporaryDirectory } from '../measuring/temporary-directory.mjs';
import { herd } from '../measuring/herd.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median, quantile } from '../measuring/statistics.mjs';

/**
 * A contender and how it is made ready for a herd; what it gives is called by every caller.
 *
 * @typedef {{ name: string, callers: number, ready: () => Promise<() => Promise<unknown>> }} Contender
 */

/** What became of a contender's herds. @typedef {{ p99: number, requests: number, failed: number }[]} Rounds */

/**
 * A herd on an expired token, beside the least that shares one request: one promise.
 *
 * @param {{ callers: number, unshared: number, delayMs: number, warmUps: number, rounds: number }} size where callers share
 *   no request, only `unshared` of them are sent
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = (size) =>
  inTemporaryDirectory(async (directory) => {
    const endpoint = await startEndpoint(size.delayMs);
    const bare = await barePromise(endpoint.settings);
    const inMemory = await renewingLlavero(endpoint.settings);
    const onDisk = await renewingLlavero(endpoint.settings, { path: `${directory}/llavero.db` });
    await inMemory.connect(await endpoint.code());
    await onDisk.connect(await endpoint.code());

    const expiring = (
      /** @type {string} */ name,
      /** @type {{ expire: () => void, token: () => Promise<unknown> }} */ one,
    ) => ({ name, callers: size.callers, ready: async () => (one.expire(), one.token) });
    /** @type {readonly Contender[]} */
    const contenders = [
      expiring('bare', bare),
      expiring('memory', inMemory),
      expiring('sqlite', onDisk),
      ...Object.entries(renewingPeers).map(([name, { make, shares }]) => ({
        name,
        callers: shares ? size.callers : size.unshared,
        ready: async () => make(endpoint.settings, await endpoint.refreshToken()),
      })),
    ];
    const fates = await inTurns(contenders, endpoint, size);
    await Promise.all([inMemory.close(), onDisk.close(), endpoint.stop()]);
    return findingsOf(fates, contenders);
  });

/**
 * @param {readonly Contender[]} contenders
 * @param {import('../contenders/endpoint.mjs').Endpoint} endpoint
 * @param {{ warmUps: number, rounds: number }} size
 */
const inTurns = async (contenders, endpoint, { warmUps, rounds }) => {
  /** @type {Map<string, Rounds>} */
  const fates = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const { name, callers, ready } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const token = await ready();
      globalThis.gc?.();
      const { requests, result } = await endpoint.requestsOf(() => herd(callers, token));
      const fate = { p99: quantile(result.waits, 0.99), requests, failed: result.failed };
      if (round >= 0) fates.get(name)?.push(fate);
    }
  }
  return fates;
};

/**
 * @param {ReadonlyMap<string, Rounds>} fates
 * @param {readonly Contender[]} contenders
 * @returns {readonly import('../measuring/findings.mjs').Finding[]}
 */
const findingsOf = (fates, contenders) => {
  const of = (/** @type {string} */ name) => fates.get(name) ?? [];
  const bare = of('bare').map(({ p99 }) => p99);
  const worst = (/** @type {string} */ name, /** @type {'requests' | 'failed'} */ what) =>
    Math.max(...of(name).map((fate) => fate[what]));
  const p99 = (/** @type {string} */ name) => ({
    value: median(of(name).map((fate, round) => fate.p99 / (bare[round] ?? Number.NaN))),
    unit: '×',
    beside: `${inWords(median(of(name).map((fate) => fate.p99)), 'ms')} : ${inWords(median(bare), 'ms')}`,
  });
  const peers = contenders.filter(({ name }) => name in renewingPeers);
  return [
    { what: 'llavero in memory: token requests', value: worst('memory', 'requests'), unit: '', most: 1 },
    { what: 'llavero in memory: callers that fail', value: worst('memory', 'failed'), unit: '', most: 0 },
    { what: 'llavero in memory: p99 wait : one bare promise', ...p99('memory'), most: 1.1 },
    { what: 'llavero on SQLite: token requests', value: worst('sqlite', 'requests'), unit: '', most: 1 },
    { what: 'llavero on SQLite: p99 wait : one bare promise', ...p99('sqlite') },
    ...peers.map(({ name, callers }) => {
      const { beside, ...ratio } = p99(name);
      const sent = `${callers.toLocaleString('en')} callers: ${worst(name, 'requests')} requests, ${worst(name, 'failed')} fail`;
      return { what: `${name}: p99 wait`, ...ratio, beside: `${beside}; ${sent}` };
    }),
  ];
};
