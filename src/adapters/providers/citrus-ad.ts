import { left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ProviderPreset } from '../../ports/provider.js';
import type { Secret } from '../../domain/secret.js';
import { clientCredentials } from '../grants/client-credentials.js';
import { parseBaseAddress } from './base-address.js';
import { addressField, secretField, textField, visibleAscii, withoutColon } from './field-readers.js';
import type { FieldTable } from './field-table.js';
import { makePreset, type PresetOptions } from './make-preset.js';

/** What {@link citrusAd} takes. Everything but `id` and `policy` may also be registered per account. */
export interface CitrusAdOptions extends PresetOptions {
  /** As the account manager gave it: with or without `https://`, with or without `/v1`. */
  readonly baseUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | Secret | undefined;
  /** The secret API key, sent as `Basic <key>` on every path but `/ads`, which takes the token. */
  readonly apiKey?: string | Secret | undefined;
}

/** A base address and no more than that; Left completes "baseUrl must …". */
const checkBase = (text: string): Either<string, string> => {
  if (/\/oauth2(\/|$)/.test(text))
    return left('end before /v1/oauth2/token, as in https://us-integration.citrusad.com');
  return /\/v1\/+v1(\/|$)/.test(text)
    ? left('hold /v1 once, as in https://us-integration.citrusad.com/v1')
    : right(text);
};

const fields: FieldTable = {
  baseUrl: addressField(
    (text, rules) =>
      pipe(
        parseBaseAddress(text, rules),
        map((base) => ({ baseUrl: base.replace(/\/v1$/, '') })),
      ),
    checkBase,
  ),
  clientId: textField((clientId) => ({ clientId }), withoutColon),
  clientSecret: secretField((clientSecret) => ({ clientSecret })),
  apiKey: secretField((apiKey) => ({ apiKey }), visibleAscii),
};

/**
 * CitrusAd (Epsilon Retail Media). CitrusAd's documents: POST to `/v1/oauth2/token`, `Basic base64(client_id:client_secret)`
 * over the raw text, and a body of `grant_type=client_credentials` alone, so no scope is ever sent. Tokens live 3,600 s.
 */
export const citrusAd = (options: CitrusAdOptions = {}): ProviderPreset => {
  const { id, policy, ...given } = options;
  return makePreset({
    name: 'citrusAd',
    defaultId: 'citrusad',
    options: { id, policy },
    given,
    presetFields: fields,
    accountFields: { ...fields, scope: textField((scope) => ({ scope })) },
    defaults: { grant: 'client_credentials' },
    required: { clientId: 'clientId', clientSecret: 'clientSecret', others: [['baseUrl', 'baseUrl']] },
    documentedLifetimeMs: 3_600_000,
    grants: () => {
      const grant = clientCredentials({
        tokenUrl: '/v1/oauth2/token',
        clientAuthentication: 'basic-unencoded',
        sendScope: false,
        jsonDeclared: true,
      });
      return () => grant;
    },
  });
};
