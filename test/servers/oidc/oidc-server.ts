import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { oidcConfiguration, type OidcServerOptions } from './oidc-configuration.js';
import { observer } from './oidc-clients.js';

/** A request as the HTTP server in front of the authorization server saw it arrive. */
export interface ArrivedRequest {
  /** Method and path without the query: `POST /token`. */
  readonly line: string;
  readonly authorization: string | undefined;
}

/** An authorization server that nobody here wrote. */
export interface OidcServer {
  /** `http://127.0.0.1:PORT`: its name in RFC 9207, and the address of its endpoints. */
  readonly issuer: string;
  readonly requests: readonly ArrivedRequest[];
  /** The requests to the token endpoint alone. */
  readonly tokenRequests: readonly ArrivedRequest[];
  /** What it issued, in order. */
  readonly issued: readonly { readonly accessToken: string; readonly refreshToken: string | undefined }[];
  /** Why it refused token requests, in its own words, in order. */
  readonly refusals: readonly string[];
  /** Whether it would accept this access or refresh token now (RFC 7662). */
  readonly holds: (token: string | undefined) => Promise<boolean>;
  /** The status with which it answers a request for a protected resource (RFC 6750). */
  readonly statusFor: (authorizationHeader: string) => Promise<number>;
}

/** Starts one on a free port of 127.0.0.1; the test that started it closes it, and fails if it had an error of its own. */
export const startOidcServer = async (options: OidcServerOptions = {}): Promise<OidcServer> => {
  const requests: ArrivedRequest[] = [];
  const issued: OidcServer['issued'][number][] = [];
  const refusals: string[] = [];
  const faults: unknown[] = [];
  let answer: RequestListener = () => undefined;

  const front = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ line: `${method} ${url.replace(/\?.*/, '')}`, authorization: headers.authorization });
    answer(request, response);
  });
  const issuer = await new Promise<string>((resolve, reject) => {
    front.once('error', reject);
    front.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${portOf(front.address())}`));
  });
  onTestFinished(async () => {
    const closed = new Promise((resolve) => front.close(resolve));
    front.closeAllConnections();
    await closed;
    if (faults.length > 0) throw new Error(`the authorization server failed: ${faults.map(String).join(', ')}`);
  });

  const provider = quietly(() => new Provider(issuer, oidcConfiguration(options)));
  provider.on('grant.success', ({ body }) =>
    issued.push({ accessToken: body.access_token, refreshToken: body.refresh_token }),
  );
  provider.on('grant.error', (_context, { error, error_detail, error_description }) =>
    refusals.push(`${error}: ${error_detail ?? error_description ?? ''}`),
  );
  provider.on('server_error', (_context, error) => faults.push(error));
  answer = provider.callback();

  return {
    issuer,
    requests,
    get tokenRequests() {
      return requests.filter(({ line }) => line === `POST ${options.routes?.token ?? '/token'}`);
    },
    issued,
    refusals,
    holds: async (token) => {
      const response = await fetch(`${issuer}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${observer.clientId}:${observer.clientSecret}`)}` },
        body: new URLSearchParams({ token: token ?? '' }),
      });
      return isActive(await response.json());
    },
    statusFor: async (authorizationHeader) => {
      const response = await fetch(`${issuer}/me`, { headers: { authorization: authorizationHeader } });
      await response.body?.cancel();
      return response.status;
    },
  };
};

/** oidc-provider warns on the console, once for each, of settings that are for development only; these tests mean them. */
const quietly = <A>(make: () => A): A => {
  const { info, warn } = console;
  const silent = (): void => undefined;
  Object.assign(console, { info: silent, warn: silent });
  try {
    return make();
  } finally {
    Object.assign(console, { info, warn });
  }
};

const isActive = (introspection: unknown): boolean => {
  if (typeof introspection === 'object' && introspection !== null && 'active' in introspection) {
    return introspection.active === true;
  }
  throw new Error(`the server did not answer an introspection: ${JSON.stringify(introspection)}`);
};

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new TypeError('listen on a TCP port, not on a path');
  return address.port;
};
