/** oidc-provider ships no types; this says as much of it as is used here. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Answered {
    readonly body: { readonly access_token: string; readonly refresh_token?: string };
  }

  interface Refused {
    readonly error: string;
    readonly error_description?: string;
    /** Why, for the server's own log; never sent. */
    readonly error_detail?: string;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): RequestListener;
    on(event: 'grant.success', listener: (context: Answered) => void): this;
    on(event: 'grant.error', listener: (context: unknown, refusal: Refused) => void): this;
    on(event: 'server_error', listener: (context: unknown, error: unknown) => void): this;
  }
}
