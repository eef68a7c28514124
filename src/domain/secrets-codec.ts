import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { CredentialFields, GrantStyle } from './credential.js';
import type { IssuedToken } from './issued-token.js';
import { Secret } from './secret.js';
import type { AuthorizationMemory } from './authorization-memory.js';
import type { Tenant } from './tenant.js';

/**
 * What stands inside a seal, as JSON. The text holds secrets in clear: it goes from here into the cipher and from the
 * cipher back here, nowhere else. Unknown members are ignored, so that an older release can read what a newer one wrote.
 */
type Members = Readonly<Record<string, unknown>>;

const members = (text: string): Members | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (from: Members, name: string): string | undefined => {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  return typeof value === 'string' ? value : undefined;
};

const secretOf = (from: Members, name: string): Secret | undefined => {
  const value = textOf(from, name);
  return value === undefined ? undefined : new Secret(value);
};

const dateOf = (from: Members, name: string): Date | undefined => {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? new Date(value) : undefined;
};

const present = <A extends object>(value: A): { readonly [K in keyof A]?: Exclude<A[K], undefined> } => {
  const kept: { [K in keyof A]?: Exclude<A[K], undefined> } = {};
  for (const name in value) {
    const member = value[name];
    if (isPresent(member)) kept[name] = member;
  }
  return kept;
};

const isPresent = <A>(value: A): value is Exclude<A, undefined> => value !== undefined;

export const encodeIssuedToken = (token: IssuedToken): string =>
  JSON.stringify({
    accessToken: token.accessToken?.expose(),
    tokenType: token.tokenType,
    scope: token.scope,
    refreshToken: token.refreshToken?.expose(),
    obtainedAt: token.obtainedAt.getTime(),
    expiresAt: token.expiresAt.getTime(),
    refreshTokenExpiresAt: token.refreshTokenExpiresAt?.getTime(),
    attributes: token.attributes,
    installationCode: token.installationCode?.expose(),
    tenant: token.tenant,
  });

/** Left when the text is not what {@link encodeIssuedToken} writes. */
export const decodeIssuedToken = (text: string): Either<'unreadable', IssuedToken> => {
  const from = members(text);
  const obtainedAt = from && dateOf(from, 'obtainedAt');
  const expiresAt = from && dateOf(from, 'expiresAt');
  const tokenType = from && textOf(from, 'tokenType');
  if (from === undefined || obtainedAt === undefined || expiresAt === undefined || tokenType === undefined) {
    return left('unreadable');
  }
  return right(
    Object.freeze({
      tokenType,
      obtainedAt,
      expiresAt,
      attributes: attributesOf(from),
      ...present({
        accessToken: secretOf(from, 'accessToken'),
        scope: textOf(from, 'scope'),
        refreshToken: secretOf(from, 'refreshToken'),
        refreshTokenExpiresAt: dateOf(from, 'refreshTokenExpiresAt'),
        installationCode: secretOf(from, 'installationCode'),
        tenant: tenantIn(from),
      }),
    }),
  );
};

const tenantIn = (from: Members): Tenant | undefined => {
  const value = Object.hasOwn(from, 'tenant') ? from['tenant'] : undefined;
  if (!isMembers(value)) return undefined;
  return present({
    registered: textOf(value, 'registered'),
    issuer: textOf(value, 'issuer'),
    baseUrl: textOf(value, 'baseUrl'),
    apiAddress: textOf(value, 'apiAddress'),
    shop: textOf(value, 'shop'),
  });
};

const noAttributes: Readonly<Record<string, string>> = Object.freeze({});

const attributesOf = (from: Members): Readonly<Record<string, string>> => {
  const value = from['attributes'];
  if (!isMembers(value)) return noAttributes;
  const texts = Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return texts.length === 0 ? noAttributes : Object.freeze(Object.fromEntries(texts));
};

export const encodeCredentialFields = (fields: CredentialFields): string =>
  JSON.stringify({
    ...fields,
    clientSecret: fields.clientSecret?.expose(),
    apiKey: fields.apiKey?.expose(),
  });

const grantStyleOf = (from: Members): GrantStyle | undefined => {
  const value = textOf(from, 'grant');
  return value === 'authorization_code' || value === 'consumer_key' || value === 'client_credentials'
    ? value
    : undefined;
};

/** Left when the text is not what {@link encodeCredentialFields} writes. */
export const decodeCredentialFields = (text: string): Either<'unreadable', CredentialFields> => {
  const from = members(text);
  if (from === undefined) return left('unreadable');
  return right(
    Object.freeze(
      present({
        grant: grantStyleOf(from),
        clientId: textOf(from, 'clientId'),
        clientSecret: secretOf(from, 'clientSecret'),
        scope: textOf(from, 'scope'),
        redirectUri: textOf(from, 'redirectUri'),
        baseUrl: textOf(from, 'baseUrl'),
        apiKey: secretOf(from, 'apiKey'),
        storeUrl: textOf(from, 'storeUrl'),
        apiAddress: textOf(from, 'apiAddress'),
      }),
    ),
  );
};

export const encodeAuthorizationMemory = (memory: AuthorizationMemory): string => JSON.stringify(memory);

/** Left when the text is not what {@link encodeAuthorizationMemory} writes. */
export const decodeAuthorizationMemory = (text: string): Either<'unreadable', AuthorizationMemory> => {
  const from = members(text);
  if (from === undefined) return left('unreadable');
  return right(
    present({
      redirectUri: textOf(from, 'redirectUri'),
      scope: textOf(from, 'scope'),
      boundHost: textOf(from, 'boundHost'),
      codeVerifier: textOf(from, 'codeVerifier'),
      tenant: tenantIn(from),
    }),
  );
};
