import { parseUrl } from '../../domain/parse-url.js';

const mostRedirects = 10;

/**
 * Walks an authorization URL as a browser would, following redirects until one leads to the callback the URL names
 * (`redirect_uri`, or Tray's `callback`), and resolves with that address and everything it carries. The callback itself
 * is not requested. Rejects with an `Error` when a page answers instead, or after ten redirects.
 */
export const walkAuthorization = async (url: URL): Promise<URL> => {
  const callback = url.searchParams.get('redirect_uri') ?? url.searchParams.get('callback');
  const address = callback === null ? undefined : parseUrl(callback);
  if (address === undefined) {
    throw new TypeError('walkAuthorization takes a URL with redirect_uri or callback, as authorize() makes it');
  }
  const goal = withoutQuery(address);
  let at = url;
  for (let step = 0; step < mostRedirects; step += 1) {
    const response = await fetch(at, { redirect: 'manual' });
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (location === null || response.status < 300 || response.status >= 400) {
      throw new Error(`${withoutQuery(at)} answered ${response.status} instead of redirecting to ${goal}`);
    }
    at = new URL(location, at);
    if (withoutQuery(at) === goal) return at;
  }
  throw new Error(`${withoutQuery(url)} did not lead to ${goal} within ${mostRedirects} redirects`);
};

const withoutQuery = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;
