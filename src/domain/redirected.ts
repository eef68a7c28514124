import { parseUrl } from './parse-url.js';

const seeOther = 303;
const moved: ReadonlySet<number> = new Set([301, 302]);
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The most redirects that are followed, as the Fetch standard has it. */
export const mostRedirects = 20;

/** Where an answer leads; undefined when it is no redirect, or leads nowhere that can be read. */
export const redirectTarget = (status: number, location: string | null, from: URL): URL | undefined => {
  const written = location === null ? undefined : asUtf8(location);
  if (!redirects.has(status) || written === undefined) return undefined;
  const url = parseUrl(written, from);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
};

/** A header comes as bytes; servers that write more than ASCII into this one mean UTF-8 (Fetch standard, location URL). */
const asUtf8 = (header: string): string =>
  /^[\u0020-\u00FF]*$/.test(header) && /[\u0080-\u00FF]/.test(header)
    ? new TextDecoder().decode(Uint8Array.from(header, (character) => character.charCodeAt(0)))
    : header;

/** Whether a redirect turns a request into a GET without a body (Fetch standard, HTTP-redirect fetch). */
export const becomesGet = (status: number, method: string): boolean =>
  (moved.has(status) && method === 'POST') || (status === seeOther && method !== 'GET' && method !== 'HEAD');
