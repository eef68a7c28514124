import type { ClientAuthentication } from '../../../src/adapters/grants/client-authentication.js';

/** A client as it is registered at the server. */
export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: ClientAuthentication;
  readonly grant?: 'authorization_code' | 'client_credentials';
  /** Whether the server refuses an authorization without a code challenge. */
  readonly pkce?: boolean;
}

/** Never fetched: the scripted browser stops before it. */
export const redirectUri = 'https://app.example.com/callback';

/** A backend that merchants connect to: authorization code with PKCE. */
export const web = {
  clientId: 'web',
  clientSecret: 'web-secret',
  clientAuthentication: 'basic',
  grant: 'authorization_code',
  pkce: true,
} as const;

/** Its codes are carried by hand, so nobody can keep a verifier for them. */
export const panel = { ...web, clientId: 'panel', clientSecret: 'panel-secret', pkce: false } as const;

/** The same, with its secret in the body. */
export const panelByPost = { ...panel, clientId: 'panel-by-post', clientAuthentication: 'post' } as const;

/** A backend that acts for itself, and may ask for the scope `read`. */
export const machine = {
  clientId: 'machine',
  clientSecret: 'machine-secret',
  clientAuthentication: 'post',
  grant: 'client_credentials',
} as const;

/**
 * Every kind of character that form-encoding changes (RFC 6749 Appendix B) and a client id may have: the server takes
 * visible ASCII and the space, as RFC 6749 Appendix A.1 has it, and refuses to register anything else.
 */
export const oddMachine = {
  clientId: 'a:b%2F+c d&e=f/~*"n"',
  clientSecret: `s%C3:+ t?#&=@!$'()*,;[]{}|\\^\`<>"~-._%`,
  clientAuthentication: 'basic',
  grant: 'client_credentials',
} as const;

/** An id that HTTP Basic carries as it is, and a secret that it does not. */
export const rawMachine = { ...oddMachine, clientId: 'raw' } as const;

/** Asks only what the server thinks of a token (RFC 7662). */
export const observer = {
  clientId: 'observer',
  clientSecret: 'observer-secret',
  clientAuthentication: 'basic',
} as const;

export const clients: readonly OidcClient[] = [web, panel, panelByPost, machine, oddMachine, rawMachine, observer];
