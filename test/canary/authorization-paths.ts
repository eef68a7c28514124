import { walkAuthorization } from '../../src/testing/stand-ins/walk-authorization.js';
import type { CanaryPath } from './canary-path.js';
import { authorize } from './everyday-steps.js';
import type { Stage } from './stage.js';
import type { VendorName } from './vendors.js';

/** What a browser brings back, to be meddled with. */
interface Returned {
  readonly stage: Stage;
  readonly state: string;
  /** As the stand-in would send it: with a code, not spent yet. */
  readonly parameters: URLSearchParams;
}

interface Callback {
  readonly name: string;
  readonly ends: string;
  /** Only for this vendor. */
  readonly only?: VendorName;
  readonly meddle: (returned: Returned) => void;
}

const withError =
  (error: (stage: Stage) => string) =>
  ({ stage, parameters }: Returned): void => {
    parameters.delete('code');
    parameters.set('error', error(stage));
    parameters.set('error_description', `it was ${stage.secret('code')}`);
    parameters.set('error_uri', `https://provider.example/?${stage.secret('access token')}`);
  };

const dead = 'ERR_REAUTHORIZATION_REQUIRED';
const mismatch = 'ERR_STATE_MISMATCH';
const foreign = 'ERR_UNTRUSTED_ADDRESS';

const callbacks: readonly Callback[] = [
  { name: 'all is well', ends: 'ok', meddle: () => undefined },
  { name: 'no state', ends: mismatch, meddle: ({ parameters }) => parameters.delete('state') },
  {
    name: 'a state that nobody issued',
    ends: mismatch,
    meddle: ({ stage, parameters }) => parameters.set('state', stage.secret('state')),
  },
  {
    name: 'half a state',
    ends: mismatch,
    meddle: ({ state, parameters }) => parameters.set('state', state.slice(0, 20)),
  },
  { name: 'the state twice', ends: mismatch, meddle: ({ state, parameters }) => parameters.append('state', state) },
  {
    name: 'the code twice',
    ends: mismatch,
    meddle: ({ stage, parameters }) => parameters.append('code', stage.secret('code')),
  },
  { name: 'a state that has expired', ends: mismatch, meddle: ({ stage }) => stage.ahead(11 * 60_000) },
  { name: 'access_denied', ends: 'ERR_ACCESS_DENIED', meddle: withError(() => 'access_denied') },
  { name: 'server_error', ends: 'ERR_PROVIDER_UNAVAILABLE', meddle: withError(() => 'server_error') },
  {
    name: 'an error that is a secret',
    ends: 'ERR_REQUEST_REJECTED',
    meddle: withError((stage) => stage.secret('access token')),
  },
  { name: 'no code', ends: 'ERR_REQUEST_REJECTED', meddle: ({ parameters }) => parameters.delete('code') },
  {
    name: 'a code that the provider refuses',
    ends: dead,
    meddle: ({ stage, parameters }) => parameters.set('code', stage.secret('code')),
  },
  {
    name: 'a code with a line break in it',
    ends: dead,
    meddle: ({ stage, parameters }) => parameters.set('code', `${stage.secret('code')}\r\n${stage.secret('code')}`),
  },
  {
    name: 'a code that is not ASCII',
    ends: dead,
    meddle: ({ stage, parameters }) => parameters.set('code', `${stage.secret('code')}é`),
  },
  {
    name: 'no api_address',
    only: 'tray',
    ends: 'ERR_REQUEST_REJECTED',
    meddle: ({ parameters }) => parameters.delete('api_address'),
  },
  {
    name: 'an api_address elsewhere, with a password and a query',
    only: 'tray',
    ends: foreign,
    meddle: ({ stage, parameters }) =>
      parameters.set(
        'api_address',
        `https://user:${stage.secret('password')}@shop.example/web_api?access_token=${stage.secret('access token')}`,
      ),
  },
  {
    name: 'an api_address with a secret as its path',
    only: 'tray',
    ends: foreign,
    meddle: ({ stage, parameters }) =>
      parameters.set('api_address', `https://shop.example/${stage.secret('access token')}/web_api`),
  },
  {
    name: 'the code where the api_address belongs',
    only: 'tray',
    ends: foreign,
    meddle: ({ parameters }) => parameters.set('api_address', parameters.get('code') ?? ''),
  },
  {
    name: 'an api_address that names its host by a token with dots',
    only: 'tray',
    ends: foreign,
    meddle: ({ stage, parameters }) =>
      parameters.set('api_address', `${stage.secret('access token')}.${stage.secret('access token')}`),
  },
  {
    name: 'the store_host of another shop',
    only: 'tray',
    ends: mismatch,
    meddle: ({ stage, parameters }) => parameters.set('store_host', `${stage.secret('access token')}.example`),
  },
];

const browserVendors: readonly VendorName[] = ['centry', 'tray', 'standard'];

const comeBack = async (stage: Stage, { meddle }: Callback): Promise<string> => {
  const llavero = stage.open();
  const { url, state } = await authorize(stage, llavero);
  const returned = await walkAuthorization(url);
  stage.known('code', returned.searchParams.get('code') ?? '');
  meddle({ stage, state, parameters: returned.searchParams });
  const end = await stage.end(() => llavero.callback(returned));
  // A code and a state work once, however they are spelt the second time.
  await stage.end(() => llavero.callback(returned.href));
  await stage.end(() => llavero.status(stage.vendor.key));
  return end;
};

/** Everything a browser can bring back. */
export const authorizationPaths: readonly CanaryPath[] = browserVendors.flatMap((vendor) =>
  callbacks
    .filter(({ only = vendor }) => only === vendor)
    .map((callback) => ({
      name: `callback: ${callback.name}`,
      vendor,
      ends: callback.ends,
      play: (stage: Stage) => comeBack(stage, callback),
    })),
);
