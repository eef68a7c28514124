import { loadClock, loadHttpClient } from '../library.mjs';

/**
 * The least that shares one request among all callers: a Map, a look at the clock, and one promise. It sends by llavero's
 * own HTTP client, so that what is compared is the sharing; it stores nothing, and its tokens are not refreshed but obtained
 * anew.
 *
 * @param {import('./endpoint.mjs').EndpointSettings} settings
 */
export const barePromise = async ({ baseUrl, clientId, clientSecret }) => {
  const { gotHttpClient } = await loadHttpClient();
  const { systemClock } = await loadClock();
  const http = gotHttpClient({ clock: systemClock(), rules: { allowHttpOnLoopback: true } });
  /** @type {Map<string, { token: string, expiresAt: number }>} */
  const held = new Map();
  /** @type {Promise<string> | undefined} */
  let underWay;

  const renew = async () => {
    const answered = await http.send({
      method: 'POST',
      url: `${baseUrl}/oauth/token`,
      form: [
        ['grant_type', 'client_credentials'],
        ['client_id', clientId],
        ['client_secret', clientSecret],
      ],
      timeoutMs: 10_000,
    })();
    underWay = undefined;
    if (answered._tag === 'Left' || answered.right.status !== 200) throw new Error('the bare promise was refused');
    const token = String(answered.right.json?.['access_token']);
    held.set('key', { token, expiresAt: Date.now() + 7_200_000 });
    return token;
  };

  return {
    expire: () => {
      held.set('key', { token: 'old', expiresAt: 0 });
    },
    /** @returns {Promise<string>} */
    token: () => {
      const entry = held.get('key');
      if (entry !== undefined && Date.now() < entry.expiresAt) return Promise.resolve(entry.token);
      return (underWay ??= renew());
    },
  };
};
