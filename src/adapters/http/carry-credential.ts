import type { ClientRequest, IncomingMessage } from 'node:http';
import { isSameOrigin } from '../../domain/api-address.js';
import type { ApiCall, Placed } from '../../ports/api-calls.js';
import { parseUrl } from '../../domain/parse-url.js';

/** What tells whether an address shows a credential. */
type Tidying = Pick<ApiCall, 'redact' | 'leaksCredential'>;

/** What node keeps the head of a request in, as text, long after it was sent. */
const headText = '_header';
/** What node keeps the parts of a request in that could not be sent yet: in the request, and in a socket that never connected. */
const unsentParts = 'outputData';
const unsentText = '_pendingData';

/**
 * Writes a credential on a request that was made and not yet begun, and wipes it off when the answer or the end comes: node
 * keeps whole requests where `inspect` of an answer or of an error finds them. A redirect that echoes it is tidied.
 */
export const carryCredential = (request: ClientRequest, call: Tidying, bare: URL, { url, headers }: Placed): void => {
  if (request.headersSent) {
    request.once('error', () => undefined).destroy();
    throw new TypeError('llaveroGot does not send Expect: 100-continue; leave that header out');
  }
  const { path } = request;
  for (const [name, value] of headers) request.setHeader(name, value);
  if (url.search !== bare.search) request.path = `${url.pathname}${url.search}`;

  const wipe = (): void => {
    const wasSent = request.headersSent;
    request.path = path;
    Reflect.set(request, headText, null);
    for (const [name] of headers) request.removeHeader(name);
    if (wasSent) Reflect.set(request, headText, '[sent]');
  };
  const wipeAll = (): void => {
    wipe();
    Reflect.set(request, unsentParts, []);
    if (request.socket !== null) Reflect.set(request.socket, unsentText, '');
  };
  request.prependOnceListener('response', (response) => {
    wipe();
    tidyLocation(response, call, bare);
  });
  request.prependOnceListener('error', wipeAll);
  request.prependOnceListener('close', wipeAll);
};

/** An API that redirects may echo the credential. Where the address shows it all the same, it may only lead to the API itself. */
const tidyLocation = (
  { headers, rawHeaders }: IncomingMessage,
  { redact, leaksCredential }: Tidying,
  from: URL,
): void => {
  const { location } = headers;
  const target = location === undefined ? undefined : parseUrl(location, from);
  if (location === undefined || target === undefined) return;
  const tidy = redact(target);
  const written = rawHeaders.indexOf(location);
  if (!isSameOrigin(tidy, from) && leaksCredential(tidy.href)) {
    delete headers.location;
    if (written > 0) rawHeaders.splice(written - 1, 2);
  } else if (leaksCredential(location)) {
    headers.location = tidy.href;
    if (written > 0) rawHeaders[written] = tidy.href;
  }
};
