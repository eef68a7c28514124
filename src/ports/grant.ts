import type { Either } from 'fp-ts/lib/Either.js';
import type { AnswerContext } from '../domain/answer-context.js';
import type { AuthorizationMemory } from '../domain/authorization-memory.js';
import type { CallbackParameters } from '../domain/callback-parameters.js';
import type { Credential, CredentialFields, GrantStyle } from '../domain/credential.js';
import type { IssuedToken } from '../domain/issued-token.js';
import type { Outcome } from '../domain/outcome.js';
import type { Secret } from '../domain/secret.js';
import type { TokenError } from '../domain/token-error.js';
import type { HttpAnswer, HttpRequest } from './http-client.js';

/** A request as a grant writes it; the deadline is the policy's. */
export type TokenRequest = Omit<HttpRequest, 'timeoutMs' | 'leavesBeforeMonotonicMs'>;

/** What `authorize` was asked for, beside the credential. */
export interface AuthorizationInput {
  readonly state: string;
  readonly redirectUri?: string | undefined;
  readonly scope?: string | undefined;
  readonly storeUrl?: string | undefined;
  /** RFC 7636 §4.2, where the grant supports it. */
  readonly codeChallenge?: string | undefined;
}

/** A code and what has to go with it. */
export interface ObtainedCode {
  readonly code: Secret;
  readonly redirectUri?: string | undefined;
  readonly codeVerifier?: string | undefined;
  /** The API address that came with the code, checked, where each account has its own. */
  readonly apiAddress?: string | undefined;
  readonly scope?: string | undefined;
}

/** The steps a browser walks (RFC 6749 §4.1.1 and §4.1.2). */
export interface Authorization {
  /** Whether the provider supports PKCE (RFC 7636). */
  readonly pkce: boolean;
  /** Where to send the browser. Left says in a sentence what the caller has to give. */
  readonly begin: (
    credential: Credential,
    input: AuthorizationInput,
  ) => Either<string, { readonly url: URL; readonly memory: AuthorizationMemory }>;
  /** Reads what the browser brought back; its state has been checked. */
  readonly returned: (
    credential: Credential,
    memory: AuthorizationMemory,
    parameters: CallbackParameters,
  ) => Either<TokenError, ObtainedCode>;
  /** Reads a code pasted by an operator. Left is a sentence for a missing field, or an error for a refused one. */
  readonly pasted: (
    credential: Credential,
    input: {
      readonly code: string;
      readonly redirectUri?: string | undefined;
      readonly apiAddress?: string | undefined;
    },
  ) => Either<string | TokenError, ObtainedCode>;
}

/**
 * A way to obtain or renew a token. It writes requests and judges answers; it sends nothing and waits for nothing.
 *
 * Laws: `judge` never throws; from a 2xx it takes the tokens first and validates the rest afterwards, so that no answer
 * costs a refresh token; it yields no invalid Date; nothing secret is in an error.
 */
export interface Grant {
  readonly style: GrantStyle;
  /** Asking twice does no harm (RFC 6749 §4.4): an unknown outcome counts as unsent, and no person is ever needed. */
  readonly repeatable: boolean;
  readonly authorization?: Authorization;
  /** Asks for a first token: with a code, or for client credentials without. */
  readonly obtain: (credential: Credential, code?: ObtainedCode) => Either<TokenError, TokenRequest>;
  /** Spends the refresh token, or asks again where there is none to spend. */
  readonly renew: (credential: Credential, token: IssuedToken | undefined) => Either<TokenError, TokenRequest>;
  /** Where tokens are asked for. Without it, the address of the request that `renew` writes. */
  readonly tokenAddress?: (credential: Credential) => string | undefined;
  readonly judge: (answer: HttpAnswer, context: AnswerContext, step: 'obtain' | 'renew') => Outcome;
  /** What an answered code adds to the credential: the API address that the account is bound to. */
  readonly learned?: (code: ObtainedCode) => CredentialFields;
  /**
   * A last request for when the refresh token is dead: the code of the installation once more. Its
   * answer is judged as the step `obtain`. Undefined when the token holds no such code.
   */
  readonly fallback?: (credential: Credential, token: IssuedToken) => TokenRequest | undefined;
  /** Tells the provider to forget the token (RFC 7009), where it can be told. */
  readonly revoke?: (credential: Credential, token: IssuedToken) => TokenRequest;
}
