import { startProcess } from '../measuring/processes.mjs';

/** @typedef {import('llavero/testing').StandInCentry['settings']} EndpointSettings */

/**
 * An authorization server in a process of its own. It answers a token request after so long and takes each refresh token
 * once; a second time is `invalid_grant`.
 *
 * @param {number} delayMs
 */
export const startEndpoint = async (delayMs) => {
  const server = startProcess(new URL('../endpoint-process.mjs', import.meta.url));
  /** @type {EndpointSettings} */
  const settings = await server.ask('start', delayMs);

  /** @returns {Promise<string>} */
  const code = () => server.ask('code');

  return {
    settings,
    /** A fresh authorization code. */
    code,
    /** A refresh token of a new authorization. */
    refreshToken: async () => {
      const { redirectUri } = settings;
      const { refreshToken } = await ask(settings, {
        grant_type: 'authorization_code',
        code: await code(),
        redirect_uri: redirectUri,
      });
      return refreshToken;
    },
    /**
     * How many token requests `work` sent, and what it gave.
     *
     * @template A
     * @param {() => Promise<A>} work
     */
    requestsOf: async (work) => {
      /** @type {number} */
      const before = await server.ask('requests');
      const result = await work();
      /** @type {number} */
      const after = await server.ask('requests');
      return { requests: after - before, result };
    },
    stop: server.stop,
  };
};

/** @typedef {Awaited<ReturnType<typeof startEndpoint>>} Endpoint */

/**
 * One token request with nothing around it. Rejects when it is refused.
 *
 * @param {EndpointSettings} settings
 * @param {Readonly<Record<string, string>>} form
 */
export const ask = async ({ baseUrl, clientId, clientSecret }, form) => {
  const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
  const response = await fetch(`${baseUrl}/oauth/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`refused with ${response.status}`);
  /** @type {any} */
  const answered = await response.json();
  return { accessToken: `${answered.access_token}`, refreshToken: `${answered.refresh_token}` };
};
