import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { cleanUpOnce } from './left-behind.js';

/** How a token endpoint that is down behaves. None of these processes the request. */
export const brokenForms = ['unavailable', 'hang', 'reset', 'page'] as const;
export type BrokenForm = (typeof brokenForms)[number];

/** One token request as the provider saw it. */
export interface SeenRequest {
  readonly refreshToken: string;
  readonly atMs: number;
  readonly form: BrokenForm | 'answered';
}

/** A token endpoint on loopback that can be down. */
export interface OutageProvider extends AsyncDisposable {
  /** What the Centry preset needs to use it. */
  readonly settings: Readonly<Record<'clientId' | 'clientSecret' | 'redirectUri' | 'baseUrl', string>>;
  /** A code for an account's first token. */
  readonly codeOf: (account: string) => string;
  /** From now on requests meet the forms of an outage, one after the other. */
  readonly goDown: () => void;
  /** From now on connections are refused. */
  readonly refuse: () => Promise<void>;
  /** Accepts connections again after `refuse`. */
  readonly listen: () => Promise<void>;
  readonly comeBack: () => void;
  /** All renewals, in the order in which they came. */
  readonly renewals: readonly SeenRequest[];
  /** Refresh tokens that came while an earlier request with them was open. */
  readonly twiceAtOnce: readonly string[];
}

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const pairOf = (account: string, generation: number): object => ({
  access_token: `access.${account}.${generation}`,
  refresh_token: `refresh.${account}.${generation}`,
  token_type: 'bearer',
  expires_in: 7_200,
});

/**
 * Starts the endpoint. A refresh token that comes again is answered again with the same pair: a process that a busy machine
 * holds up for longer than a request may take loses no account by it, and what is lost is lost by giving up.
 */
export const startOutageProvider = async (): Promise<OutageProvider> => {
  const renewals: SeenRequest[] = [];
  const open = new Set<string>();
  const twiceAtOnce: string[] = [];
  let isDown = false;
  let failed = 0;

  const fail = (form: BrokenForm, response: ServerResponse): void => {
    switch (form) {
      case 'unavailable':
        return void response.writeHead(503).end();
      case 'hang':
        return;
      case 'reset':
        return void response.socket?.resetAndDestroy();
      case 'page':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>We will be back soon</h1>');
    }
  };

  const renew = (refreshToken: string, response: ServerResponse): void => {
    const [, account = '', generation = ''] = /^refresh\.(.+)\.(\d+)$/.exec(refreshToken) ?? [];
    if (open.has(refreshToken)) twiceAtOnce.push(refreshToken);
    open.add(refreshToken);
    const end = (): void => void open.delete(refreshToken);
    response.once('finish', end).once('close', end);
    const form = isDown ? (brokenForms[failed % brokenForms.length] ?? 'hang') : 'answered';
    renewals.push({ refreshToken, atMs: performance.now(), form });
    if (form === 'answered') return json(response, 200, pairOf(account, Number(generation) + 1));
    failed += 1;
    fail(form, response);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request));
    if (form.get('grant_type') === 'refresh_token') return renew(form.get('refresh_token') ?? '', response);
    json(response, 200, pairOf(form.get('code') ?? '', 1));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const listenAt = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const address = (): AddressInfo => {
    const found = server.address();
    if (found === null || typeof found === 'string') throw new Error('the server listens on no port');
    return found;
  };

  await listenAt(0);
  const { port } = address();
  return {
    settings: {
      clientId: 'client',
      clientSecret: 'secret',
      redirectUri: 'https://app.example.com/centry',
      baseUrl: `http://127.0.0.1:${port}`,
    },
    codeOf: (account) => account,
    goDown: () => {
      isDown = true;
    },
    refuse: close,
    listen: () => listenAt(port),
    comeBack: () => {
      isDown = false;
    },
    renewals,
    twiceAtOnce,
    [Symbol.asyncDispose]: cleanUpOnce(close),
  };
};
