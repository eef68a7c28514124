import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LlaveroError, type Llavero } from 'llavero';

/** Where each connect page sends the browser, by its path. */
export type ConnectPages = ReadonlyMap<string, (llavero: Llavero) => Promise<URL>>;

/** A backend's two pages. */
export interface BackendPages {
  readonly port: number;
  /** From now on requests are answered with this llavero. */
  readonly serve: (llavero: Llavero, connectPages: ConnectPages) => void;
  readonly close: () => Promise<void>;
}

/**
 * The pages a backend needs so that merchants can connect: one that redirects the browser to the provider, and `/callback`,
 * which hands to llavero what the browser brought back.
 */
export const openBackendPages = async (port: number): Promise<BackendPages> => {
  let answer = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(503).end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    serve: (llavero, connectPages) => {
      answer = async (request, response) => {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1');
        const connect = connectPages.get(url.pathname);
        if (connect !== undefined) {
          const to = await connect(llavero);
          response.writeHead(302, { location: to.href }).end();
          return;
        }
        const { status, text } = url.pathname === '/callback' ? await comeBack(llavero, url) : notFound;
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

interface Page {
  readonly status: number;
  readonly text: string;
}

const notFound: Page = { status: 404, text: 'there is no such page' };

const comeBack = async (llavero: Llavero, url: URL): Promise<Page> => {
  try {
    const { key, generation } = await llavero.callback(url);
    return { status: 200, text: `${key} is connected, generation ${generation}` };
  } catch (error) {
    if (error instanceof LlaveroError) return { status: 400, text: `refused, ${error.code}` };
    throw error;
  }
};
