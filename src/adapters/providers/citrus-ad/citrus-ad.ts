import { isLeft } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import type { Secret } from '../../../domain/secret.js';
import type { Placement, ProviderPreset } from '../../../ports/provider.js';
import { parseBaseAddress } from '../define/base-address.js';
import { defineProvider } from '../define/define-provider.js';
import type { PresetOptions } from '../define/make-preset.js';
import type { FieldDefinition } from '../define/provider-definition.js';

/** What {@link citrusAd} takes. Everything but `id` and `policy` may also be registered per account. */
export interface CitrusAdOptions extends PresetOptions {
  /** As the account manager gave it: with or without `https://`, with or without `/v1`. */
  readonly baseUrl?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | Secret | undefined;
  /** The secret API key, sent as `Basic <key>` on every path but `/ads`, which takes the token. */
  readonly apiKey?: string | Secret | undefined;
}

/** A base address and no more than that; completes "baseUrl must …". */
const checkBase = (text: string): string | undefined => {
  if (/\/oauth2(\/|$)/.test(text)) return 'end before /v1/oauth2/token, as in https://us-integration.citrusad.com';
  return /\/v1\/+v1(\/|$)/.test(text) ? 'hold /v1 once, as in https://us-integration.citrusad.com/v1' : undefined;
};

const readBase = (text: string, rules: AddressRules): ReturnType<NonNullable<FieldDefinition['readAddress']>> => {
  const base = parseBaseAddress(text, rules);
  return isLeft(base) ? { must: addressAdvice[base.left] } : { address: base.right.replace(/\/v1$/, '') };
};

const token = { credential: 'token', in: 'header', name: 'Authorization', scheme: 'Bearer' } as const;
const apiKey = { credential: 'api_key', in: 'header', name: 'Authorization', scheme: 'Basic' } as const;
const nothing = { credential: 'none' } as const;

/**
 * CitrusAd's documents: OAuth "is only available on /ads"; reporting an impression or a click takes nothing; orders, catalogs,
 * catalog products and customers take the API key, and so does whatever they do not name.
 */
const placement = (path: string): Placement => {
  if (/^\/ads(\/|$)/.test(path)) return token;
  return /^\/resource\/(first-i|second-c)(\/|$)/.test(path) ? nothing : apiKey;
};

/**
 * CitrusAd (Epsilon Retail Media). CitrusAd's documents: POST to `/v1/oauth2/token`, `Basic base64(client_id:client_secret)`
 * over the raw text, and a body of `grant_type=client_credentials` alone, so no scope is ever sent. Tokens live 3,600 s.
 */
export const citrusAd: (options?: CitrusAdOptions) => ProviderPreset = defineProvider({
  id: 'citrusad',
  name: 'citrusAd',
  grant: 'client_credentials',
  tokenEndpoint: '/v1/oauth2/token',
  clientAuthentication: 'basic-unencoded',
  scope: false,
  accessTokenLifetimeMs: 3_600_000,
  api: { base: '/v1', placement },
  fields: {
    baseUrl: { part: 'baseUrl', required: true, check: checkBase, readAddress: readBase },
    clientId: { part: 'clientId' },
    clientSecret: { part: 'clientSecret' },
    apiKey: { part: 'apiKey' },
    scope: { part: 'scope', takenBy: 'register' },
  },
});
