import { isLeft } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { trayUnavailability } from './error-response.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import type { Secret } from '../../../domain/secret.js';
import { parseApiAddress } from '../../../domain/store-address.js';
import type { ApiVerdict, ProviderPreset } from '../../../ports/provider.js';
import { consumerKey } from './consumer-key.js';
import { parseCallbackUrl } from '../../grants/redirect-uri.js';
import { defineProvider } from '../define/define-provider.js';
import type { PresetOptions } from '../define/make-preset.js';
import type { ApiDefinition, FieldDefinition } from '../define/provider-definition.js';

/** What {@link tray} takes. The keys may also be registered per account. */
export interface TrayOptions extends PresetOptions {
  readonly consumerKey?: string | undefined;
  readonly consumerSecret?: string | Secret | undefined;
  /** Where Tray sends the merchant back to; the state travels in its query, which may hold more. */
  readonly callback?: string | undefined;
  /**
   * Keep the code of the installation, sealed with the token, and try it once when the refresh token is dead: many find that
   * Tray accepts it again, Tray's documents do not say so. Off unless set.
   */
  readonly reuseCode?: boolean | undefined;
  /** Which of the two keys go along with a renewal, in the URL's query. None unless set: Tray's documents name none. */
  readonly refreshParameters?: readonly ('consumer_key' | 'consumer_secret')[] | undefined;
}

const hourMs = 3_600_000;
const apiPath = '/web_api';

/** Which loopback hosts are admitted is known, and judged, later. */
const checkCallback = (text: string): string | undefined => {
  const callback = parseCallbackUrl(text, { allowHttpOnLoopback: true });
  return isLeft(callback) ? callback.left : undefined;
};

const readApiAddress = (text: string, rules: AddressRules): ReturnType<NonNullable<FieldDefinition['readAddress']>> => {
  const api = parseApiAddress(text, apiPath, rules);
  return isLeft(api) ? { must: addressAdvice[api.left] } : { address: api.right.address };
};

const fields = {
  consumerKey: { part: 'clientId' },
  consumerSecret: { part: 'clientSecret' },
  callback: { part: 'redirectUri', takenBy: 'preset', check: checkCallback },
  storeUrl: { part: 'storeUrl', takenBy: 'register' },
  apiAddress: { part: 'apiAddress', takenBy: 'register', readAddress: readApiAddress },
  scope: { part: 'scope', takenBy: 'register' },
} as const satisfies Readonly<Record<string, FieldDefinition>>;

/** Tray's documents: the token goes into the query of every call; 1000 and 1099 speak of the token, 1001 to 1003 of the store. */
const judgeRefusal = (body: Readonly<Record<string, unknown>> | undefined): ApiVerdict => {
  const error = body === undefined ? undefined : trayUnavailability(body);
  return error === undefined ? 'token_refused' : { _tag: 'AccountUnavailable', error };
};

const api: ApiDefinition = {
  base: '{apiHost}',
  placement: { credential: 'token', in: 'query', name: 'access_token' },
  judgeRefusal,
};

/**
 * Tray Commerce (Brazil). Tray's documents: the merchant authorizes at the shop's own `/auth.php`; the code is exchanged and
 * the refresh token renewed at the shop's API address; access tokens live 3 hours, refresh tokens 30 days; an application
 * may send 180 requests a minute. Tray has no scopes: a registered one is never sent.
 */
export const tray = (options: TrayOptions = {}): ProviderPreset => {
  const { reuseCode = false, refreshParameters = [], ...given } = options;
  if (typeof reuseCode !== 'boolean') throw new TypeError('reuseCode of tray must be true or false');
  const renewWith = checkRefreshParameters(refreshParameters);
  const preset = defineProvider({
    id: 'tray',
    grant: (rules) =>
      consumerKey({ rules, authorizationPath: '/auth.php', apiPath, tokenPath: '/auth', renewWith, reuseCode }),
    fields,
    accessTokenLifetimeMs: 3 * hourMs,
    refreshTokenLifetimeMs: 30 * 24 * hourMs,
    refreshToken: 'required',
    requestRate: { requests: 180, perMs: 60_000 },
    accountRequestRate: { requests: 10_000, perMs: 24 * hourMs },
    api,
  });
  return preset(given);
};

const isKeyName = (name: unknown): name is 'consumer_key' | 'consumer_secret' =>
  name === 'consumer_key' || name === 'consumer_secret';

const checkRefreshParameters = (value: unknown): readonly ('consumer_key' | 'consumer_secret')[] => {
  const names: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  if (names.every(isKeyName)) return names;
  throw new TypeError("refreshParameters of tray must be a list of 'consumer_key' and 'consumer_secret'");
};
