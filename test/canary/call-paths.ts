import { inspect } from 'node:util';
import { llaveroGot } from '../../src/app/llavero-got.js';
import type { CanaryPath } from './canary-path.js';
import { connect, mustEnd } from './everyday-steps.js';
import type { Stage } from './stage.js';
import type { VendorName } from './vendors.js';

/** A path of each API that takes the account's token. */
const apiPaths: Readonly<Partial<Record<VendorName, readonly [path: string, init: RequestInit]>>> = {
  centry: ['orders.json', {}],
  tray: ['orders', {}],
  citrusAd: [
    'ads/generate',
    { method: 'POST', body: '{"catalogId":"one"}', headers: { 'content-type': 'application/json' } },
  ],
};

interface Call {
  readonly name: string;
  readonly ends: string;
  /** What happens before the call. */
  readonly before?: (stage: Stage) => unknown;
  /** Where it goes, when not to the API's own path. */
  readonly to?: (stage: Stage) => string;
  readonly key?: (stage: Stage) => string;
}

const calls: readonly Call[] = [
  { name: 'an answer', ends: 'ok' },
  { name: 'nobody listens any more', ends: 'TypeError', before: ({ vendor }) => vendor.standIn.close() },
  {
    name: 'it is dropped',
    ends: 'TypeError',
    before: ({ vendor }) => vendor.standIn.inject({ kind: 'drop', when: 'before' }, { on: 'api', times: 5 }),
  },
  {
    name: 'it is refused again and again',
    ends: 'ok',
    before: ({ vendor }) => vendor.standIn.inject({ kind: 'answer', status: 401 }, { on: 'api', times: 5 }),
  },
  {
    name: 'no new token can be had',
    ends: 'ERR_REQUEST_REJECTED',
    before: ({ vendor }) => {
      vendor.standIn.revokeEverything();
      vendor.standIn.inject({ kind: 'answer', status: 400, body: { error: 'invalid_request' } }, { times: 5 });
    },
  },
  {
    name: 'another origin',
    ends: 'ERR_UNTRUSTED_ADDRESS',
    to: (stage) => `https://elsewhere.example/?access_token=${stage.secret('access token')}`,
  },
  {
    name: 'a password in the address',
    ends: 'ERR_UNTRUSTED_ADDRESS',
    to: (stage) => `https://user:${stage.secret('password')}@elsewhere.example/`,
  },
  {
    name: 'an address that is a secret',
    ends: 'ERR_UNTRUSTED_ADDRESS',
    to: (stage) => `//${stage.secret('access token')}`,
  },
  { name: 'a key that is a secret', ends: 'ERR_UNKNOWN_KEY', key: (stage) => `a${stage.secret('access token')}` },
];

const play = async (stage: Stage, { before, to, key }: Call, path: string, init: RequestInit): Promise<string> => {
  const llavero = await connect(stage);
  await before?.(stage);
  const asked = (): Promise<Response> => llavero.fetch(key?.(stage) ?? stage.vendor.key, to?.(stage) ?? path, init);
  const end = await stage.end(async () => {
    const response = await asked();
    stage.watch({ url: response.url, headers: [...response.headers] });
    return response;
  });
  await mustEnd(
    'ok',
    stage.end(() => llavero.status(stage.vendor.key)),
  );
  return end;
};

/** The same through got, whose errors and answers carry whole requests along. */
const gotCalls: readonly Call[] = [
  { name: 'an answer', ends: 'ok' },
  { name: 'nobody listens any more', ends: 'ECONNREFUSED', before: ({ vendor }) => vendor.standIn.close() },
  {
    name: 'it is dropped',
    ends: 'ECONNRESET',
    before: ({ vendor }) => vendor.standIn.inject({ kind: 'drop', when: 'before' }, { on: 'api', times: 5 }),
  },
  {
    name: 'it is refused again and again',
    ends: 'ERR_NON_2XX_3XX_RESPONSE',
    before: ({ vendor }) => vendor.standIn.inject({ kind: 'answer', status: 401 }, { on: 'api', times: 5 }),
  },
  {
    name: 'another origin',
    ends: 'ERR_UNTRUSTED_ADDRESS',
    to: (stage) => `https://elsewhere.example/?access_token=${stage.secret('access token')}`,
  },
];

const playGot = async (
  stage: Stage,
  { before, to }: Call,
  path: string,
  { method, body }: RequestInit,
): Promise<string> => {
  const llavero = await connect(stage);
  await before?.(stage);
  const options = {
    method: method === 'POST' ? ('POST' as const) : ('GET' as const),
    retry: { limit: 0 },
    ...(typeof body === 'string' ? { body } : {}),
    ...(to === undefined ? {} : { prefixUrl: '' }),
  };
  // What got gives and throws holds sockets and circles: the other sinks cannot walk it.
  const look = (what: string, value: unknown): void =>
    stage.search(
      `got ${what}: util.inspect`,
      inspect(value, { showHidden: true, depth: 12, maxStringLength: Infinity }),
    );
  try {
    look('answer', await llaveroGot(llavero, stage.vendor.key)(to?.(stage) ?? path, options));
    return 'ok';
  } catch (thrown) {
    look('error', thrown);
    if (!(thrown instanceof Error)) return 'no error at all';
    stage.search('got error: message', thrown.message);
    stage.search('got error: stack', thrown.stack ?? '');
    return 'code' in thrown ? String(thrown.code) : thrown.name;
  }
};

/** Calls of an API through the library, which puts the token into each. */
export const callPaths: readonly CanaryPath[] = (['centry', 'tray', 'citrusAd'] as const).flatMap((vendor) => {
  const [path = '', init = {}] = apiPaths[vendor] ?? [];
  return [
    ...calls.map((call) => ({
      name: `fetch: ${call.name}`,
      vendor,
      ends: call.ends,
      play: (stage: Stage) => play(stage, call, path, init),
    })),
    ...gotCalls.map((call) => ({
      name: `got: ${call.name}`,
      vendor,
      ends: call.ends,
      play: (stage: Stage) => playGot(stage, call, path, init),
    })),
  ];
});
