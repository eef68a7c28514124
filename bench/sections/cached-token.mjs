import { manyKeys, roomyLlavero } from '../contenders/roomy-llavero.mjs';
import { allocatedBytes } from '../measuring/heap.mjs';
import { inWords } from '../measuring/findings.mjs';
import { race } from '../measuring/race.mjs';

/**
 * How `token(key)` and `peek(key)` compare with the least that a cache can do: one look-up in a Map and one look at the clock.
 *
 * @param {{ keys: number, peers: boolean, recheckMs?: number, rounds: number, turns: number, calls: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = async ({ keys: count, peers, recheckMs, ...size }) => {
  const llavero = await roomyLlavero({ entries: count, ...(recheckMs === undefined ? {} : { recheckMs }) });
  const keys = manyKeys(count);
  /** @type {Map<string, { token: import('llavero').Token, expiresAt: number }>} */
  const plain = new Map();
  for (const key of keys) await llavero.token(key);
  for (const key of keys) {
    const token = await llavero.token(key);
    plain.set(key, { token, expiresAt: token.expiresAt.getTime() });
  }

  const floor = async (/** @type {string} */ key) => {
    const entry = plain.get(key);
    if (entry !== undefined && Date.now() < entry.expiresAt) return entry.token;
    throw new Error('expired');
  };
  const immediateFloor = (/** @type {string} */ key) => {
    const entry = plain.get(key);
    return entry !== undefined && Date.now() < entry.expiresAt ? entry.token : undefined;
  };

  const awaited = await inTurns('awaitedCalls', keys, [
    ['floor', floor],
    ['llavero', (/** @type {string} */ key) => llavero.token(key)],
    ...(peers ? (await import('../contenders/cached-peers.mjs')).cachedPeers() : []),
  ]);
  const immediate = await inTurns('immediateCalls', keys, [
    ['floor', immediateFloor],
    ['llavero', (/** @type {string} */ key) => llavero.peek(key)],
  ]);
  const cost = await race(awaited, size);
  const immediateCost = await race(immediate, size);

  const among = count === 1 ? '1 key' : `${count.toLocaleString('en')} keys`;
  const ratio = (/** @type {string} */ what, /** @type {typeof cost} */ costs, name = 'llavero', most = {}) => ({
    what,
    value: costs.get(name)?.ratio ?? Number.NaN,
    unit: '×',
    beside: `${inWords(costs.get(name)?.ns ?? 0, 'ns')} : ${inWords(costs.get('floor')?.ns ?? 0, 'ns')}`,
    ...most,
  });
  const bytes = async (/** @type {string} */ name) =>
    allocatedBytes(awaited.find((runner) => runner.name === name)?.run ?? (() => undefined));
  return [
    ratio(`token(key), ${among}`, cost, 'llavero', { most: 1.15 }),
    ratio(`peek(key), ${among}`, immediateCost, 'llavero', { most: 1.15 }),
    {
      what: `await token(key) allocates, ${among}`,
      value: Math.round(await bytes('llavero')),
      unit: 'B',
      beside: `the least: ${Math.round(await bytes('floor'))} B`,
      most: 320,
    },
    ...[...cost.keys()].slice(2).map((name) => ratio(name, cost, name)),
  ];
};

/**
 * A loop of its own for each contender, each beginning somewhere else in the keys.
 *
 * @param {'awaitedCalls' | 'immediateCalls'} loop
 * @param {readonly string[]} keys
 * @param {readonly (readonly [name: string, call: (key: string) => any])[]} contenders
 */
const inTurns = (loop, keys, contenders) =>
  Promise.all(
    contenders.map(async ([name, call], index) => {
      const own = await import(`../measuring/call-cost.mjs?of=${loop}-${index}`);
      return { name, run: own[loop](call, keys, Math.floor((index * keys.length) / contenders.length)) };
    }),
  );
