import { centry } from '../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../src/adapters/providers/tray/tray.js';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import type { Llavero } from '../../src/app/llavero.js';
import { Secret } from '../../src/domain/secret.js';
import { callLoosely } from '../app/llavero-fixture.js';
import type { CanaryPath } from './canary-path.js';
import { connect } from './everyday-steps.js';
import type { Stage } from './stage.js';
import { vendorNames } from './vendors.js';

/** A call with a secret where something else belongs; `text` makes a new one each time. */
interface Mistake {
  readonly call: string;
  /** `TypeError` when left out. */
  readonly ends?: string;
  readonly make: (text: () => string, stage: Stage) => readonly unknown[];
}

type Method = keyof Llavero & string;

const unknownKey = 'ERR_UNKNOWN_KEY';
const keyed: readonly Method[] = ['token', 'authorize', 'exchange', 'status', 'revoke', 'remove'];

/** Where a key belongs, as any secret may look: like a provider's id, like nothing, and with a slash in it. */
const asKey: readonly (readonly [Method, Mistake])[] = keyed.flatMap((method) => {
  const rest = method === 'exchange' ? [{ code: 'code' }] : [];
  return [
    [method, { call: 'a secret for a key', ends: unknownKey, make: (text) => [`a${text()}`, ...rest] }],
    [method, { call: 'a secret with a slash for a key', ends: unknownKey, make: (text) => [`a/${text()}`, ...rest] }],
    [method, { call: 'a secret that cannot be a key', make: (text) => [`${text()}+=`, ...rest] }],
    [method, { call: 'a Secret for a key', make: (text) => [new Secret(text()), ...rest] }],
    [method, { call: 'a list of secrets for a key', make: (text) => [[text()], ...rest] }],
  ] satisfies readonly (readonly [Method, Mistake])[];
});

const calls: readonly (readonly [Method, Mistake])[] = [
  ['peek', { call: 'a secret that cannot be a key', make: (text) => [`${text()}+=`] }],
  ['peek', { call: 'a secret for a key', ends: 'ok', make: (text) => [`a${text()}`] }],
  [
    'token',
    {
      call: 'a secret for a key, aborted',
      ends: 'ERR_ABORTED',
      make: (text) => [`a${text()}`, { signal: AbortSignal.abort(text()) }],
    },
  ],
  ['token', { call: 'a secret for a signal', make: (text, { vendor }) => [vendor.key, { signal: text() }] }],
  ['register', { call: 'a secret for its input', make: (text) => [text()] }],
  ['register', { call: 'a secret for a provider', ends: unknownKey, make: (text) => [{ provider: `a${text()}` }] }],
  ['register', { call: 'a secret that cannot be a provider', make: (text) => [{ provider: `${text()}+` }] }],
  [
    'register',
    {
      call: 'a secret that cannot be an account',
      make: (text, { vendor }) => [{ provider: providerOf(vendor.key), account: `${text()}\n` }],
    },
  ],
  ...[
    'clientSecret',
    'clientId',
    'baseUrl',
    'apiKey',
    'consumerSecret',
    'consumerKey',
    'storeUrl',
    'apiAddress',
  ].flatMap((field): readonly (readonly [Method, Mistake])[] =>
    (
      [
        ['a line break at its end', (text: string) => `${text}\n`],
        ['not a text', (text: string) => [text]],
        ['a password in an address', (text: string) => `https://user:${text}@host.example/ `],
      ] as const
    ).map(([what, spoil]) => [
      'register',
      {
        call: `${field} with ${what}`,
        make: (text, { vendor }) => [{ provider: providerOf(vendor.key), account: 'x', [field]: spoil(text()) }],
      },
    ]),
  ),
  ['callback', { call: 'a secret for a callback', ends: 'ERR_STATE_MISMATCH', make: (text) => [text()] }],
  ['callback', { call: 'an object with a secret', make: (text) => [{ state: text() }] }],
  ['exchange', { call: 'a code for its input', make: (text, { vendor }) => [vendor.key, text()] }],
  ['exchange', { call: 'a list for a code', make: (text, { vendor }) => [vendor.key, { code: [text()] }] }],
  ['invalidate', { call: 'a bare token', make: (text, { vendor }) => [vendor.key, text()] }],
  [
    'invalidate',
    { call: 'a token of somebody’s own', make: (text, { vendor }) => [vendor.key, { accessToken: text() }] },
  ],
  ['sweep', { call: 'a secret for a provider', make: (text) => [{ provider: text() }] }],
  ['sweep', { call: 'a secret for a limit', make: (text) => [{ limit: text() }] }],
  ['start', { call: 'a secret for an interval', make: (text) => [{ intervalMs: text() }] }],
];

/** Only for those who authorize in a browser: the others take no such call at all. */
const authorizing: readonly (readonly [string, Mistake])[] = [
  [
    'centry',
    { call: 'a secret for a redirect URI', make: (text, { vendor }) => [vendor.key, { redirectUri: text() }] },
  ],
  [
    'tray',
    {
      call: 'a secret for a callback’s address',
      make: (text, { vendor }) => [vendor.key, { ...vendor.authorizeOptions, redirectUri: text() }],
    },
  ],
  ['tray', { call: 'a secret for a shop', make: (text, { vendor }) => [vendor.key, { storeUrl: `${text()}@x` }] }],
  ['tray', { call: 'a list for a shop', make: (text, { vendor }) => [vendor.key, { storeUrl: [text()] }] }],
];

const providerOf = (key: string): string => key.split('/', 1).join('');

const run = async (stage: Stage, method: Method, { make }: Mistake): Promise<string> => {
  const llavero = await connect(stage);
  const given = make(() => stage.secret('misplaced secret'), stage);
  return stage.end(() => callLoosely(llavero, method, ...given));
};

/** Makes something as somebody without types might. */
const loosely = (make: unknown, ...given: readonly unknown[]): unknown => {
  if (typeof make !== 'function') throw new Error('nothing to call');
  const made: unknown = Reflect.apply(make, undefined, given);
  return made;
};

const key32 = (): string => Buffer.alloc(32, 7).toString('base64');

const llaveroOf = (stage: Stage, options: object): unknown =>
  loosely(createLlavero, {
    providers: [stage.vendor.preset()],
    store: memoryStore(),
    encryption: stage.keys,
    allowHttpOnLoopback: true,
    ...options,
  });

/** What is made before there is a llavero. */
const makings: readonly (readonly [string, (text: () => string, stage: Stage) => unknown])[] = [
  ...([centry, citrusAd, tray] as const).flatMap((preset) =>
    (
      [
        ['a secret for its options', (text: string) => text],
        ['an id that cannot be one', (text: string) => ({ id: `${text}/` })],
        ['a secret for its policy', (text: string) => ({ policy: text })],
        ['a secret for an unknown field', (text: string) => ({ secret: text })],
        ['a client secret in a list', (text: string) => ({ clientSecret: [text], consumerSecret: [text] })],
        [
          'a client secret with a line break',
          (text: string) => ({ clientSecret: `${text}\n`, consumerSecret: `${text}\n` }),
        ],
        [
          'a password in an address',
          (text: string) => ({ baseUrl: `https://u:${text}@x.example `, callback: `x ${text}` }),
        ],
      ] as const
    ).map(
      ([what, options]) =>
        [`${preset.name}: ${what}`, (text: () => string) => loosely(preset, options(text()))] as const,
    ),
  ),
  ['citrusAd: an API key that is not ASCII', (text) => citrusAd({ apiKey: `${text()}é` })],
  ['citrusAd: a client id with a colon', (text) => citrusAd({ clientId: `${text()}:${text()}` })],
  ['tray: a secret for a refresh parameter', (text) => loosely(tray, { refreshParameters: [text()] })],
  ['createLlavero: a secret for its options', (text) => loosely(createLlavero, text())],
  [
    'createLlavero: a secret for a number of the policy',
    (text, stage) => llaveroOf(stage, { policy: { softMs: text() } }),
  ],
  [
    'createLlavero: a secret for a number of a preset',
    (text, stage) => llaveroOf(stage, { providers: [loosely(centry, { policy: { softMs: text() } })] }),
  ],
  ['createLlavero: a secret for a provider', (text, stage) => llaveroOf(stage, { providers: [text()] })],
  ['createLlavero: a secret for a store', (text, stage) => llaveroOf(stage, { store: text() })],
  ['createLlavero: a secret for its encryption', (text, stage) => llaveroOf(stage, { encryption: text() })],
  [
    'createLlavero: a secret that is no key',
    (text, stage) => llaveroOf(stage, { encryption: { keys: [{ id: 'one', secret: text() }] } }),
  ],
  [
    'createLlavero: a key whose id and secret are swapped',
    (text, stage) => llaveroOf(stage, { encryption: { keys: [{ id: text(), secret: 'one' }] } }),
  ],
  [
    'createLlavero: a key whose id cannot be one',
    (text, stage) => llaveroOf(stage, { encryption: { keys: [{ id: `${text()}=`, secret: key32() }] } }),
  ],
  [
    'createLlavero: a base address with a password',
    (text, stage) => llaveroOf(stage, { providers: [citrusAd({ baseUrl: `https://user:${text()}@host.example` })] }),
  ],
  [
    'createLlavero: a base address that is a secret',
    (text, stage) => llaveroOf(stage, { providers: [citrusAd({ baseUrl: text() })] }),
  ],
  ['sqliteStore: a secret in a URL', (text) => sqliteStore({ path: `file:${text()}` })],
  [
    'sqliteStore: a secret for a number',
    (text) => loosely(sqliteStore, { path: 'llavero.db', busyPatienceMs: text() }),
  ],
  [
    'sqliteStore: a secret for a namespace',
    (text) => loosely(sqliteStore, { path: 'llavero.db', namespace: `${text()}\n` }),
  ],
];

/** Programmers’ mistakes that put a secret where none belongs. */
export const mistakePaths: readonly CanaryPath[] = [
  ...vendorNames.flatMap((vendor) => [
    ...(vendor === 'centry' ? [...asKey, ...calls] : calls).map(([method, mistake]) => ({
      name: `mistake: ${method}: ${mistake.call}`,
      vendor,
      ends: mistake.ends ?? 'TypeError',
      play: (stage: Stage) => run(stage, method, mistake),
    })),
    ...authorizing
      .filter(([name]) => name === vendor)
      .map(([, mistake]) => ({
        name: `mistake: authorize: ${mistake.call}`,
        vendor,
        ends: 'TypeError',
        play: (stage: Stage) => run(stage, 'authorize', mistake),
      })),
  ]),
  ...makings.map(([name, make]) => ({
    name: `mistake: ${name}`,
    vendor: 'centry' as const,
    ends: 'TypeError',
    play: (stage: Stage) =>
      stage.end(() => {
        make(() => stage.secret('misplaced secret'), stage);
      }),
  })),
];
