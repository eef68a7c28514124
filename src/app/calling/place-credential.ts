import type { Secret } from '../../domain/secret.js';
import type { Placed } from '../../ports/api-calls.js';
import type { Placement } from '../../ports/provider.js';

/** Puts a credential where the provider wants it; what a caller put there himself gives way. */
export const placeCredential = (url: URL, given: Headers, placement: Placement, secret: Secret | undefined): Placed => {
  const headers = new Headers(given);
  const placed = new URL(url);
  placed.hash = '';
  if (placement.credential === 'none' || secret === undefined) return { url: placed, headers, carries: 'none' };
  if (placement.in === 'query') {
    const own = `${encodeURIComponent(placement.name)}=${encodeURIComponent(secret.expose())}`;
    placed.search = [...otherPairs(url, placement.name), own].join('&');
  } else {
    headers.set(placement.name, [placement.scheme, secret.expose()].filter((part) => part !== undefined).join(' '));
  }
  return { url: placed, headers, carries: placement.credential };
};

/** The parameters of an address but those of one name, as they were written. */
const otherPairs = (url: URL, name: string): readonly string[] =>
  url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && ![...new URLSearchParams(pair).keys()].includes(name));

/** An address without the parameter that a credential would travel in: an API that redirects may echo it. */
export const withoutParameter = (url: URL, placement: Placement): URL => {
  const bare = new URL(url);
  if (placement.credential === 'none' || placement.in !== 'query') return bare;
  if (bare.searchParams.has(placement.name)) bare.search = otherPairs(url, placement.name).join('&');
  return bare;
};

const personal = ['authorization', 'proxy-authorization', 'cookie', 'host'];

/** The caller's headers as they may go to another origin: none that names the person, nor the one of the API's credential. */
export const withoutCredentials = (given: Headers, placement: Placement): Headers => {
  const headers = new Headers(given);
  const own = placement.credential !== 'none' && placement.in === 'header' ? [placement.name] : [];
  for (const name of [...personal, ...own]) headers.delete(name);
  return headers;
};

/** Whether a text shows a secret, as it is or behind percent signs, however often. */
export const showsSecret = (text: string, secret: Secret | undefined): boolean => {
  if (secret === undefined) return false;
  let shown = text;
  for (let layer = 0; layer < mostLayers; layer += 1) {
    if (shown.includes(secret.expose())) return true;
    shown = shown.replace(/%[0-9A-F]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  }
  return false;
};

/** An address inside an address inside an address … is encoded once more each time. */
const mostLayers = 5;

/** The caller's headers for a request whose body a redirect took away. */
export const withoutBody = (given: Headers): Headers =>
  new Headers([...given].filter(([name]) => !name.startsWith('content-')));
