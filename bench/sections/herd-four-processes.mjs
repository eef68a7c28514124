import { startEndpoint } from '../contenders/endpoint.mjs';
import { renewingPeers } from '../contenders/renewing-peers.mjs';
import { startProcess } from '../measuring/processes.mjs';
import { inTemporaryDirectory } from '../measuring/temporary-directory.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median, quantile } from '../measuring/statistics.mjs';

const script = new URL('../herd-process.mjs', import.meta.url);

/** Time enough for all processes to hear of it. */
const headStartMs = 50;

/** @typedef {{ p99: number, requests: number, failed: number }} Fate */

/**
 * A herd spread over processes that share a token and its refresh token, which can be used once. The bare promise, with which
 * llavero is compared, has one in each of the same processes and needs no refresh token.
 *
 * @param {{ processes: number, callers: number, unshared: number, delayMs: number, warmUps: number, rounds: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = (size) =>
  inTemporaryDirectory(async (directory) => {
    const endpoint = await startEndpoint(size.delayMs);
    const { settings } = endpoint;
    const crowd = Array.from({ length: size.processes }, () => startProcess(script, ['--expose-gc']));
    const all = (/** @type {string} */ what, /** @type {unknown[]} */ ...parameters) =>
      Promise.all(crowd.map(({ ask }) => ask(what, ...parameters)));

    /** @param {string} name @param {number} callers @returns {Promise<Fate>} */
    const herd = async (name, callers) => {
      const { requests, result } = await endpoint.requestsOf(() =>
        all('herd', name, callers / crowd.length, Date.now() + headStartMs),
      );
      /** @type {import('../measuring/herd.mjs').Herd[]} */
      const herds = result;
      const p99 = quantile(
        herds.flatMap(({ waits }) => waits),
        0.99,
      );
      return { p99, requests, failed: herds.reduce((sum, { failed }) => sum + failed, 0) };
    };

    await all('open', settings, `${directory}/llavero.db`);
    await crowd[0]?.ask('connect', await endpoint.code());
    await all('load');
    /** @type {{ llavero: Fate, bare: Fate }[]} */
    const rounds = [];
    for (let round = -size.warmUps; round < size.rounds; round += 1) {
      await all('expire');
      const bareFirst = round % 2 === 0;
      const early = bareFirst ? await herd('bare', size.callers) : undefined;
      const llavero = await herd('llavero', size.callers);
      const bare = early ?? (await herd('bare', size.callers));
      if (round >= 0) rounds.push({ llavero, bare });
    }

    /** @type {import('../measuring/findings.mjs').Finding[]} */
    const peers = [];
    const bareP99 = median(rounds.map(({ bare }) => bare.p99));
    for (const [name, { shares }] of Object.entries(renewingPeers)) {
      await all('peer', name, settings, await endpoint.refreshToken());
      const callers = shares ? size.callers : size.unshared;
      const { p99, requests, failed } = await herd(name, callers);
      const of = `of ${callers.toLocaleString('en')} callers`;
      peers.push({
        what: `${name}: callers that fail`,
        value: failed,
        unit: '',
        beside: `${of}; ${requests} requests, p99 ${inWords(p99, 'ms')}`,
      });
    }
    await all('close');
    await Promise.all([...crowd, endpoint].map(({ stop }) => stop()));

    const worst = (/** @type {'requests' | 'failed'} */ what) =>
      Math.max(...rounds.map(({ llavero }) => llavero[what]));
    return [
      { what: 'llavero on one SQLite file: token requests', value: worst('requests'), unit: '', most: 1 },
      { what: 'llavero on one SQLite file: callers that fail', value: worst('failed'), unit: '', most: 0 },
      {
        what: 'llavero on one SQLite file: p99 wait : bare promises',
        value: median(rounds.map(({ llavero, bare }) => llavero.p99 / bare.p99)),
        unit: '×',
        most: 1.3,
        beside: `${inWords(median(rounds.map(({ llavero }) => llavero.p99)), 'ms')} : ${inWords(bareP99, 'ms')}`,
      },
      ...peers,
    ];
  });
