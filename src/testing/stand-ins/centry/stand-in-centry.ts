import { centryDialect, type CentryApplication } from './centry-dialect.js';
import { mintHex, bookOf, type StandInOptions } from '../server/stand-in-options.js';
import { startStandIn, type StandIn } from '../server/stand-in.js';

export interface StandInCentryOptions extends StandInOptions {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The registered redirect URI; when it is given, no other is admitted but `urn:ietf:wg:oauth:2.0:oob`. */
  readonly redirectUri?: string | undefined;
  /** Doorkeeper answers `invalid_grant` with 400, and with 401 before its version 5.1; 400 by default. */
  readonly invalidGrantStatus?: 400 | 401 | undefined;
  /** Answer other bodies than forms with 415 and `{}`. Off by default: JSON is taken too. */
  readonly formsOnly?: boolean | undefined;
}

export interface StandInCentry extends StandIn {
  /** What the preset takes. */
  readonly settings: {
    readonly baseUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
  };
  /** A fresh code, as Centry's panel shows it to a person. */
  readonly issueCode: (options?: { readonly redirectUri?: string; readonly scope?: string }) => string;
  /** From now on merchants say no (or yes again). */
  readonly denyAuthorizations: (deny: boolean) => void;
  /** From now on another client secret is the right one. */
  readonly setClientSecret: (secret: string) => void;
}

/**
 * A stand-in for Centry, a Doorkeeper server: `GET /oauth/authorize`, which approves by itself (PKCE with S256 too),
 * `POST /oauth/token` for all three grants, `POST /oauth/revoke`, and the API under `/conexion/v1` for Bearer tokens.
 */
export const standInCentry = async (options: StandInCentryOptions = {}): Promise<StandInCentry> => {
  const nowMs = options.nowMs ?? Date.now;
  const redirectUri = options.redirectUri ?? 'http://localhost/callback';
  const application: CentryApplication = {
    clientId: options.clientId ?? 'centry-client',
    clientSecret: options.clientSecret ?? 'centry-secret',
    registered: options.redirectUri,
    invalidGrantStatus: options.invalidGrantStatus ?? 400,
    formsOnly: options.formsOnly ?? false,
    denies: false,
  };
  const { clientId, clientSecret } = application;
  const book = bookOf(options, {
    accessTokenLifetimeMs: 7_200_000,
    refreshTokenLifetimeMs: undefined,
    mintAccessToken: mintHex,
  });
  const { issueCode, ...dialect } = centryDialect(book, nowMs, application);
  const standIn = await startStandIn({ dialect, book, nowMs, port: options.port ?? 0 });
  return {
    ...standIn,
    settings: { baseUrl: standIn.url, clientId, clientSecret, redirectUri },
    issueCode: (asked = {}) => issueCode({ redirectUri: asked.redirectUri ?? redirectUri, scope: asked.scope }),
    denyAuthorizations: (deny) => {
      application.denies = deny;
    },
    setClientSecret: (secret) => {
      application.clientSecret = secret;
    },
  };
};
