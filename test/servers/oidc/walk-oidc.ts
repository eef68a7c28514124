/** What the person at the browser does on the server's pages. */
export type Person = 'consents' | 'cancels';

interface Visit {
  readonly url: URL;
  /** What to submit; the page is only looked at when there is nothing. */
  readonly form?: URLSearchParams;
}

/**
 * A person's browser, scripted: it starts with no cookies, keeps those it is given, follows redirects, signs in and consents
 * on the server's own pages, or cancels there, and stops at the redirect URI, which it gives without fetching it.
 */
export const walkOidc = async (start: URL, person: Person = 'consents'): Promise<URL> => {
  const callback = start.searchParams.get('redirect_uri') ?? '';
  const cookies = new Map<string, string>();
  let visit: Visit = { url: start };
  for (let step = 0; step < 20; step += 1) {
    const response = await send(visit, cookies);
    const page = await response.text();
    const location = response.headers.get('location');
    if (location === null) {
      visit = onPage(page, visit.url, person);
    } else {
      visit = { url: new URL(location, visit.url) };
      if (visit.url.href.startsWith(`${callback}?`)) return visit.url;
    }
  }
  throw new Error(`still not back at ${callback} after 20 pages`);
};

const send = async ({ url, form }: Visit, cookies: Map<string, string>): Promise<Response> => {
  const response = await fetch(url, {
    ...(form === undefined ? {} : { method: 'POST', body: form }),
    headers: { accept: 'text/html', cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    redirect: 'manual',
  });
  for (const [, name = '', value = '', attributes = ''] of response.headers
    .getSetCookie()
    .flatMap((cookie) => [...cookie.matchAll(/^([^=]+)=([^;]*)(.*)$/g)])) {
    if (/expires=Thu, 01 Jan 1970/i.test(attributes)) cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
};

const onPage = (page: string, url: URL, person: Person): Visit => {
  const found = (pattern: RegExp): string => {
    const text = pattern.exec(page)?.[1];
    if (text === undefined) throw new Error(`no ${pattern.source} on the page ${url.pathname}: ${page.slice(0, 200)}`);
    return text;
  };
  if (person === 'cancels') return { url: new URL(found(/href="([^"]+\/abort)"/), url) };
  const prompt = found(/<input type="hidden" name="prompt" value="(\w+)"/);
  const form = new URLSearchParams({ prompt });
  if (prompt === 'login') {
    form.set('login', 'merchant');
    form.set('password', 'any');
  }
  return { url: new URL(found(/<form [^>]*action="([^"]+)"/), url), form };
};
