import { badgatewayFetch } from '../contenders/cached-peers.mjs';
import { manyKeys, roomyLlavero, tokenLength } from '../contenders/roomy-llavero.mjs';
import { livingBytes } from '../measuring/heap.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median } from '../measuring/statistics.mjs';

/**
 * What keeping a token in memory takes besides the token's own characters. The strings that are the keys are the caller's and
 * do not count.
 *
 * @param {{ tokens: number, rounds: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = async ({ tokens, rounds }) => {
  const keys = manyKeys(tokens);
  /** @type {Record<'llavero' | 'plain' | 'badgateway', number[]>} */
  const readings = { llavero: [], plain: [], badgateway: [] };
  for (let round = 0; round < rounds; round += 1) {
    const llavero = await roomyLlavero({ entries: tokens });
    readings.llavero.push(await bytesOf(keys, (key) => llavero.token(key), llavero));
    await llavero.close();
    const plain = new Map();
    readings.plain.push(await bytesOf(keys, (key) => plain.set(key, plainEntry(key)), plain));
    const fetches = new Map();
    readings.badgateway.push(await bytesOf(keys, (key) => fetches.set(key, badgatewayFetch(plainEntry(key))), fetches));
  }
  const bytes = (/** @type {number[]} */ measured) => Math.round(median(measured));
  return [
    {
      what: 'llavero, a cached token',
      value: bytes(readings.llavero),
      unit: 'B',
      most: 600,
      beside: `besides its ${tokenLength} characters`,
    },
    { what: 'an object with the same fields in a Map', value: bytes(readings.plain), unit: 'B' },
    { what: '@badgateway/oauth2-client, an OAuth2Fetch in a Map', value: bytes(readings.badgateway), unit: 'B' },
    {
      what: 'llavero : object in a Map',
      value: median(readings.llavero) / median(readings.plain),
      unit: '×',
      beside: inWords(tokens, 'tokens'),
    },
  ];
};

/**
 * @param {readonly string[]} keys
 * @param {(key: string) => unknown} keep
 * @param {unknown} keeper what has to be alive when it is measured
 */
const bytesOf = async (keys, keep, keeper) => {
  await keep('citrusad/first');
  const before = await livingBytes();
  for (const key of keys) await keep(key);
  const after = await livingBytes();
  if (keeper === undefined) throw new Error('nothing was kept');
  return (after - before) / keys.length - tokenLength;
};

/** @param {string} key */
const plainEntry = (key) => {
  const { accessToken } = JSON.parse(JSON.stringify({ accessToken: `${key}.`.padEnd(tokenLength, 'x') }));
  const now = Date.now();
  return {
    accessToken: String(accessToken),
    tokenType: 'Bearer',
    scope: undefined,
    refreshToken: '',
    generation: 1,
    expiresAt: now + 3_600_000,
    obtainedAt: now,
    attributes: {},
  };
};
