import { map } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Secret } from '../../domain/secret.js';
import { parseApiAddress, parseStoreUrl } from '../../domain/store-address.js';
import type { ProviderPreset } from '../../ports/provider.js';
import { consumerKey } from '../grants/consumer-key.js';
import { parseCallbackUrl } from '../grants/redirect-uri.js';
import { addressField, secretField, textField } from './field-readers.js';
import type { FieldTable } from './field-table.js';
import { makePreset, type PresetOptions } from './make-preset.js';

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

const keyFields: FieldTable = {
  consumerKey: textField((clientId) => ({ clientId })),
  consumerSecret: secretField((clientSecret) => ({ clientSecret })),
};

const presetFields: FieldTable = {
  ...keyFields,
  callback: textField((redirectUri) => ({ redirectUri }), parseCallbackUrl),
};

const accountFields: FieldTable = {
  ...keyFields,
  storeUrl: addressField((storeUrl, rules) =>
    pipe(
      parseStoreUrl(storeUrl, rules),
      map(() => ({ storeUrl })),
    ),
  ),
  apiAddress: addressField((text, rules) =>
    pipe(
      parseApiAddress(text, apiPath, rules),
      map(({ address }) => ({ apiAddress: address })),
    ),
  ),
  scope: textField((scope) => ({ scope })),
};

/**
 * Tray Commerce (Brazil). Tray's documents: the merchant authorizes at the shop's own `/auth.php`; the code is exchanged and
 * the refresh token renewed at the shop's API address; access tokens live 3 hours, refresh tokens 30 days; an application
 * may send 180 requests a minute. Tray has no scopes: a registered one is never sent.
 */
export const tray = (options: TrayOptions = {}): ProviderPreset => {
  const { id, policy, reuseCode = false, refreshParameters = [], ...given } = options;
  if (typeof reuseCode !== 'boolean') throw new TypeError('reuseCode of tray must be true or false');
  const renewWith = checkRefreshParameters(refreshParameters);
  return makePreset({
    name: 'tray',
    defaultId: 'tray',
    options: { id, policy },
    given,
    presetFields,
    accountFields,
    defaults: { grant: 'consumer_key' },
    required: { clientId: 'consumerKey', clientSecret: 'consumerSecret' },
    documentedLifetimeMs: 3 * hourMs,
    documentedRefreshLifetimeMs: 30 * 24 * hourMs,
    requestRate: { requests: 180, perMs: 60_000 },
    grants: (rules) => {
      const grant = consumerKey({
        rules,
        authorizationPath: '/auth.php',
        apiPath,
        tokenPath: '/auth',
        renewWith,
        reuseCode,
      });
      return () => grant;
    },
  });
};

const isKeyName = (name: unknown): name is 'consumer_key' | 'consumer_secret' =>
  name === 'consumer_key' || name === 'consumer_secret';

const checkRefreshParameters = (value: unknown): readonly ('consumer_key' | 'consumer_secret')[] => {
  const names: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  if (names.every(isKeyName)) return names;
  throw new TypeError("refreshParameters of tray must be a list of 'consumer_key' and 'consumer_secret'");
};
