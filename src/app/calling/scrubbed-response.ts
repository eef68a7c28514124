/** What was scrubbed, kept alive with it: when a response of `fetch` is collected, Node cancels its body. */
const originals = new WeakMap<Response, Response>();

/**
 * The response, which says of its address what the caller may print: no credential that was put into it. Where it would say
 * more it is made anew around the same body, because a response of `fetch` also keeps its address where `inspect` finds it.
 */
export const scrubbedResponse = (
  response: Response,
  url: URL,
  redirected: boolean,
  headers: Headers = response.headers,
): Response => {
  const href = url.href.split('#', 1).join('');
  const isSame = response.url === href && response.redirected === redirected && headers === response.headers;
  if (isSame) return response;
  const { status, statusText, body, type } = response;
  const isUsual = status >= 200 && status <= 599;
  const scrubbed = new Response(body, { headers, statusText, ...(isUsual ? { status } : {}) });
  originals.set(scrubbed, response);
  const clone = scrubbed.clone.bind(scrubbed);
  return Object.defineProperties(scrubbed, {
    url: { value: href, enumerable: true },
    redirected: { value: redirected, enumerable: true },
    type: { value: type, enumerable: true },
    ...(isUsual ? {} : { status: { value: status, enumerable: true }, ok: { value: false, enumerable: true } }),
    clone: { value: () => scrubbedResponse(clone(), url, redirected) },
  });
};
