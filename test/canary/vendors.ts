import { authorizationCode } from '../../src/adapters/grants/authorization-code.js';
import { parseRedirectUri } from '../../src/adapters/grants/redirect-uri.js';
import { parseBaseAddress } from '../../src/adapters/providers/define/base-address.js';
import { centry } from '../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { addressField, secretField, textField } from '../../src/adapters/providers/define/read-fields.js';
import type { FieldTable } from '../../src/adapters/providers/define/field-table.js';
import { makePreset } from '../../src/adapters/providers/define/make-preset.js';
import { tray } from '../../src/adapters/providers/tray/tray.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { RefreshPolicyOptions } from '../../src/domain/refresh-policy.js';
import type { Token } from '../../src/domain/token.js';
import type { ProviderPreset } from '../../src/ports/provider.js';
import { standInCentry } from '../../src/testing/stand-ins/centry/stand-in-centry.js';
import { standInCitrusAd } from '../../src/testing/stand-ins/citrus-ad/stand-in-citrus-ad.js';
import { standInTray } from '../../src/testing/stand-ins/tray/stand-in-tray.js';
import type { StandIn } from '../../src/testing/stand-ins/server/stand-in.js';
import { map } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';

/** The three presets, and a provider that keeps to the RFCs: it has what none of the three has, PKCE and revocation. */
export const vendorNames = ['centry', 'tray', 'citrusAd', 'standard'] as const;
export type VendorName = (typeof vendorNames)[number];

/** What a vendor is made with, so that the search knows all its secrets. */
export interface SecretMaker {
  /** A new secret. */
  readonly secret: (name: string) => string;
  /** Something else that is a secret. */
  readonly known: (name: string, text: string) => void;
}

/** One vendor, its stand-in, and how its tokens are had; `at` is another server to ask in the stand-in's place. */
export interface Vendor {
  readonly key: string;
  readonly standIn: StandIn;
  readonly preset: (at?: string, policy?: RefreshPolicyOptions) => ProviderPreset;
  /** A first token: by a code that an operator pasted, or for the asking. */
  readonly obtain: (llavero: Llavero, at?: string) => Promise<Token>;
  /** From now on the account's tokens are renewed at `at`. */
  readonly move: (llavero: Llavero, at: string) => Promise<unknown>;
  readonly authorizeOptions: { readonly storeUrl?: string };
  /** A code nobody has used yet. */
  readonly issueCode: () => string;
}

const redirectUri = 'https://app.example.com/callback';
/** HTTP Basic as the two vendors that use it write it. */
const tellBasic = (
  { known }: SecretMaker,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): void => known('Basic header', Buffer.from(`${clientId}:${clientSecret}`).toString('base64'));

const tell =
  ({ known }: SecretMaker, issueCode: () => string) =>
  (): string => {
    const code = issueCode();
    known('code', code);
    return code;
  };

/** The preset leads to another server, which the operator calls the same one. */
const staysItself =
  (provider: string, account: string) =>
  (llavero: Llavero): Promise<unknown> =>
    llavero.register({ provider, account }, { keepToken: true });

const centryVendor = async (maker: SecretMaker): Promise<Vendor> => {
  const standIn = await standInCentry({ clientSecret: maker.secret('client secret'), redirectUri });
  const key = 'centry/acme';
  const issueCode = tell(maker, () => standIn.issueCode({ redirectUri }));
  return {
    key,
    standIn,
    preset: (at = standIn.url, policy = {}) => centry({ ...standIn.settings, baseUrl: at, policy }),
    obtain: (llavero) => llavero.exchange(key, { code: issueCode() }),
    move: staysItself('centry', 'acme'),
    authorizeOptions: {},
    issueCode,
  };
};

const trayVendor = async (maker: SecretMaker): Promise<Vendor> => {
  const standIn = await standInTray({ consumerSecret: maker.secret('consumer secret'), callback: redirectUri });
  const [provider, account] = ['tray', 'shop'];
  const key = `${provider}/${account}`;
  const issueCode = tell(maker, standIn.issueCode);
  return {
    key,
    standIn,
    preset: (_at, policy = {}) =>
      tray({ ...standIn.settings, policy, reuseCode: true, refreshParameters: ['consumer_secret'] }),
    obtain: (llavero, at = standIn.url) => llavero.exchange(key, { code: issueCode(), apiAddress: `${at}/web_api` }),
    move: (llavero, at) => llavero.register({ provider, account, apiAddress: `${at}/web_api` }, { keepToken: true }),
    authorizeOptions: { storeUrl: standIn.storeUrl },
    issueCode,
  };
};

const citrusVendor = async (maker: SecretMaker): Promise<Vendor> => {
  const [clientSecret, apiKey] = [maker.secret('client secret'), maker.secret('API key')];
  const standIn = await standInCitrusAd({ clientSecret, apiKey });
  const key = 'citrusad/default';
  tellBasic(maker, standIn.settings);
  return {
    key,
    standIn,
    preset: (at = standIn.url, policy = {}) => citrusAd({ ...standIn.settings, baseUrl: at, policy }),
    obtain: (llavero) => llavero.token(key),
    move: staysItself('citrusad', 'default'),
    authorizeOptions: {},
    issueCode: () => maker.secret('code'),
  };
};

const standardFields: FieldTable = {
  clientId: textField((clientId) => ({ clientId })),
  clientSecret: secretField((clientSecret) => ({ clientSecret })),
  redirectUri: textField(
    (uri) => ({ redirectUri: uri }),
    (text) => parseRedirectUri(text, { allowHttpOnLoopback: true }),
  ),
  baseUrl: addressField((text, rules) =>
    pipe(
      parseBaseAddress(text, rules),
      map((baseUrl) => ({ baseUrl })),
    ),
  ),
};

const standardVendor = async (maker: SecretMaker): Promise<Vendor> => {
  const standIn = await standInCentry({ clientSecret: maker.secret('client secret'), redirectUri });
  const key = 'standard/acme';
  tellBasic(maker, standIn.settings);
  const issueCode = tell(maker, () => standIn.issueCode({ redirectUri }));
  const preset = (at: string, policy: RefreshPolicyOptions): ProviderPreset =>
    makePreset({
      name: 'standard',
      defaultId: 'standard',
      options: { policy },
      given: { ...standIn.settings, baseUrl: at },
      presetFields: standardFields,
      accountFields: standardFields,
      defaults: { grant: 'authorization_code' },
      required: { clientId: 'clientId', clientSecret: 'clientSecret' },
      documentedLifetimeMs: 3_600_000,
      grants: () => {
        const grant = authorizationCode({
          tokenUrl: '/oauth/token',
          revocationUrl: '/oauth/revoke',
          authorizationUrl: '/oauth/authorize',
          clientAuthentication: 'basic',
          pkce: true,
        });
        return () => grant;
      },
    });
  return {
    key,
    standIn,
    preset: (at = standIn.url, policy = {}) => preset(at, policy),
    obtain: (llavero) => llavero.exchange(key, { code: issueCode() }),
    move: staysItself('standard', 'acme'),
    authorizeOptions: {},
    issueCode,
  };
};

/** A vendor with a stand-in of its own, whose every secret is new. */
export const startVendor = (name: VendorName, maker: SecretMaker): Promise<Vendor> => {
  switch (name) {
    case 'centry':
      return centryVendor(maker);
    case 'tray':
      return trayVendor(maker);
    case 'citrusAd':
      return citrusVendor(maker);
    case 'standard':
      return standardVendor(maker);
  }
};
