import type { AddressRules } from '../../../domain/address-rules.js';
import type { ClassifyError } from '../../../domain/token-response/classified-refusal.js';
import type { Rotation } from '../../../domain/rotation.js';
import type { Secret } from '../../../domain/secret.js';
import type { Grant } from '../../../ports/grant.js';
import type { ApiVerdict, Placement, ProviderPreset } from '../../../ports/provider.js';
import type { RequestRate } from '../../../ports/rate-limiter.js';
import type { ClientAuthentication } from '../../grants/client-authentication.js';
import type { PresetOptions } from './make-preset.js';

/**
 * What a preset made by `defineProvider` takes. Which of these it knows depends on its definition; one that it does not know is
 * a `TypeError` that lists those it does. Everything but addresses, `id` and `policy` may also be registered per account.
 */
export interface ProviderOptions extends PresetOptions {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | Secret | undefined;
  /** Exactly as it was entered at the provider. */
  readonly redirectUri?: string | undefined;
  /** Separated by spaces (RFC 6749 §3.3). */
  readonly scope?: string | undefined;
  /** For a provider with both: who the tokens are for, a person who authorizes or the client itself. */
  readonly grant?: 'authorization_code' | 'client_credentials' | undefined;
  /** What the definition's paths stand below. */
  readonly baseUrl?: string | undefined;
  /** A static key, for a provider whose API takes one on some paths. */
  readonly apiKey?: string | Secret | undefined;
  /** Other addresses than the definition's whole ones: another country's, a sandbox's, a stand-in's. */
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
  readonly apiBase?: string | undefined;
}

/** Makes a provider for `createLlavero`. Throws `TypeError` for an option that is misspelt, of the wrong type or empty. */
export type DefinedPreset<Field extends string = never> = (
  options?: ProviderOptions & { readonly [Name in Field]?: string | Secret | undefined },
) => ProviderPreset;

/** A part of a credential that a preset or `register` is given. */
export type CredentialPart =
  'clientId' | 'clientSecret' | 'redirectUri' | 'scope' | 'baseUrl' | 'apiKey' | 'storeUrl' | 'apiAddress';

/** One option of a preset, and field of `register`, under the provider's own name for it. */
export interface FieldDefinition {
  /** What it is. The part goes by no other name then. */
  readonly part: CredentialPart;
  /** Who takes it; both unless given. */
  readonly takenBy?: 'preset' | 'register' | undefined;
  /** Nothing can be asked without it. A client id and secret are always required. */
  readonly required?: boolean | undefined;
  /** What is wrong with a text, as the end of a sentence `NAME must …`; undefined when nothing is. */
  readonly check?: ((text: string) => string | undefined) | undefined;
  /** For an address: how it is kept, or what is wrong with it. `rules` say whether loopback is admitted. */
  readonly readAddress?:
    ((text: string, rules: AddressRules) => { readonly address: string } | { readonly must: string }) | undefined;
}

/** The provider's own API, which its tokens are for; without it `fetch` does not work. */
export interface ApiDefinition {
  /**
   * Where relative paths resolve: an absolute address, or a path below `baseUrl`. `{name}` stands for the attribute `name` of
   * the account's token; `{name}` alone is an attribute that holds the whole address.
   */
  readonly base: string;
  /**
   * Which credential goes along, and where; for every path, or by the path below the base, with its leading slash and without
   * the query. `Authorization: Bearer` unless given (RFC 6750 §2.1).
   */
  readonly placement?: Placement | ((path: string) => Placement) | undefined;
  /** Reads a 401; every 401 means that the token is refused unless given. `body` is undefined when it is no JSON object. */
  readonly judgeRefusal?: ((body: Readonly<Record<string, unknown>> | undefined) => ApiVerdict) | undefined;
}

/** A moment in an answer: its name there, and how it is read where it is no RFC 3339 date-time with an offset. */
export type MomentDefinition = string | { readonly name: string; readonly read: (value: unknown) => Date | undefined };

/** What the provider calls the members of a token answer, where that is not as in RFC 6749 §5.1. */
export interface AnswerDefinition {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly tokenType?: string | undefined;
  readonly scope?: string | undefined;
  /** Seconds the access token lives. */
  readonly expiresIn?: string | undefined;
  /** Seconds the refresh token lives; `refresh_token_expires_in` unless given. */
  readonly refreshTokenExpiresIn?: string | undefined;
  /** The moment the access token expires. */
  readonly expiresAt?: MomentDefinition | undefined;
  /** The moment the refresh token expires. */
  readonly refreshTokenExpiresAt?: MomentDefinition | undefined;
  /** What else to keep with the token: attribute name, and the answer's name for it. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Token types of the provider's own that are sent as Bearer, such as `User Access Token`; compared without case. */
  readonly bearerTypes?: readonly string[] | undefined;
}

/** Parameters with the same value every time: name and value. */
export type StaticParameters = Readonly<Record<string, string>>;

interface CommonDefinition<Field extends string> {
  /** The provider's id in keys, `id/account`. */
  readonly id: string;
  /** What the preset function is called, for sentences; the id unless given. */
  readonly name?: string | undefined;
  /** What the preset and `register` take, under the provider's own names; parts that stand in none keep their own. */
  readonly fields?: { readonly [Name in Field]: FieldDefinition } | undefined;
  /**
   * What addresses that are paths stand below. Without it, and with such addresses, every preset or account has to give one.
   */
  readonly baseUrl?: string | undefined;
  /** How long access tokens live when an answer does not tell, in milliseconds; `unlimited` when they never expire. */
  readonly accessTokenLifetimeMs?: number | 'unlimited' | undefined;
  /** The same of refresh tokens; leave it out when they do not die of age. */
  readonly refreshTokenLifetimeMs?: number | undefined;
  /** How many requests one client may send, as the provider documents it; sweeps keep below it. */
  readonly requestRate?: RequestRate | undefined;
  /** How many requests to its API one account may send. */
  readonly accountRequestRate?: RequestRate | undefined;
  readonly api?: ApiDefinition | undefined;
}

interface EndpointDefinition<Field extends string> extends CommonDefinition<Field> {
  /** RFC 6749 §3.2. A whole address, or a path below `baseUrl`. */
  readonly tokenEndpoint: string;
  /** RFC 7009 §2. Without it `revoke` forgets the token here only. */
  readonly revocationEndpoint?: string | undefined;
  /**
   * How the client proves itself (RFC 6749 §2.3): `basic`, form-encoded first, as the RFC has it; `basic-unencoded`, over the
   * raw text, as many providers read it; `post`, in the body.
   */
  readonly clientAuthentication: ClientAuthentication;
  /** How bodies are written; `form` unless given (RFC 6749 Appendix B). */
  readonly encoding?: 'form' | 'json' | undefined;
  /** Headers of every request to the provider's endpoints, such as a `User-Agent` that it insists on. */
  readonly headers?: StaticParameters | undefined;
  /** The scope to ask for when nobody names one; `false` when the provider knows none, and none is ever sent. */
  readonly scope?: string | false | undefined;
  /** What the provider calls parameters of requests: the name of RFC 6749, and its own. */
  readonly parameterNames?: StaticParameters | undefined;
  readonly answer?: AnswerDefinition | undefined;
  /** What an answer without a token means, where the provider does not say it in the words of RFC 6749 §5.2. */
  readonly classifyError?: ClassifyError | undefined;
  /** Headers that say how long to wait, looked at before `Retry-After`: seconds or an HTTP date, such as `X-Retry-After`. */
  readonly retryAfterHeaders?: readonly string[] | undefined;
}

/** What is known of refresh tokens, for grants that have them. */
interface RefreshTokenDefinition {
  /**
   * What becomes of a refresh token that is used: `none`, it stays good; `single-use`, it is spent; `{ graceMs }`, it is
   * answered again for so long, at least 5,000 ms. It counts as `single-use` unless given.
   */
  readonly rotation?: Rotation | undefined;
  /** `required`: the provider promises a refresh token with every authorization, so that one without is worth a warning. */
  readonly refreshToken?: 'required' | undefined;
}

/** A provider whose merchants authorize in a browser (RFC 6749 §4.1). */
export interface AuthorizationCodeDefinition<Field extends string = never>
  extends EndpointDefinition<Field>, RefreshTokenDefinition {
  readonly grant?: 'authorization_code' | undefined;
  /** RFC 6749 §3.1. A whole address, or a path below `baseUrl`; `{clientId}` in it stands for the client id. */
  readonly authorizationEndpoint: string;
  /** Whether the server supports PKCE with S256 (RFC 7636). */
  readonly pkce: boolean;
  /** Clients may ask for tokens of their own as well (RFC 6749 §4.4): presets and `register` take `grant`. */
  readonly clientCredentials?: boolean | undefined;
  /** The issuer that the server names in every callback (RFC 9207): one without it, or with another, is refused. */
  readonly issuer?: string | undefined;
  /** A pasted code is not exchanged without a redirect URI. */
  readonly redirectUriRequired?: boolean | undefined;
  /**
   * Its applications have a redirect URI that is no address, such as eBay's RuName: any text is sent as it is. Otherwise it is an
   * `https` address, or the out-of-band URN.
   */
  readonly opaqueRedirectUri?: boolean | undefined;
  /** The redirect URI goes along with a refresh too; RFC 6749 §6 knows no such parameter, some documents do. */
  readonly redirectUriOnRefresh?: boolean | undefined;
  /** `POST` unless given; with `GET` everything, secrets too, stands in the query. */
  readonly methods?:
    { readonly exchange?: 'GET' | 'POST' | undefined; readonly refresh?: 'GET' | 'POST' | undefined } | undefined;
  /** Extra parameters of each step, such as `audience` or `prompt`. */
  readonly parameters?:
    | {
        readonly authorization?: StaticParameters | undefined;
        readonly exchange?: StaticParameters | undefined;
        readonly refresh?: StaticParameters | undefined;
        readonly clientCredentials?: StaticParameters | undefined;
      }
    | undefined;
}

/** A provider whose clients ask for tokens of their own (RFC 6749 §4.4). */
export interface ClientCredentialsDefinition<Field extends string = never> extends EndpointDefinition<Field> {
  readonly grant: 'client_credentials';
  /** Extra parameters of the request, such as `audience`. */
  readonly parameters?: { readonly clientCredentials?: StaticParameters | undefined } | undefined;
}

/** A provider with a grant of its own: a `Grant` of `llavero/ports`, which writes every request and judges every answer. */
export interface OwnGrantDefinition<Field extends string = never>
  extends CommonDefinition<Field>, RefreshTokenDefinition {
  readonly grant: (rules: AddressRules) => Grant;
}

/** A provider as data and small functions. */
export type ProviderDefinition<Field extends string = never> =
  AuthorizationCodeDefinition<Field> | ClientCredentialsDefinition<Field> | OwnGrantDefinition<Field>;
