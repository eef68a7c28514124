import { timingSafeEqual } from 'node:crypto';

const name = 'llavero_state';

/**
 * The cookie that ties a flow to the browser it was started in. Without it, somebody could start a flow for his own shop and
 * have a merchant finish it (RFC 9700 §4.7). Add `Secure` where your site has a certificate.
 */
export const stateCookie = (state: string): string =>
  `${name}=${encodeURIComponent(state)}; Path=/centry/callback; Max-Age=600; HttpOnly; SameSite=Lax`;

/** Whether what came back to the callback belongs to a flow that this browser started. */
export const isSameBrowser = (cookies: string | undefined, returned: string): boolean => {
  const state = new URL(returned, 'http://callback').searchParams.get('state') ?? '';
  const [kept, came] = [cookieIn(cookies ?? ''), encodeURIComponent(state)].map((text) => Buffer.from(text));
  return kept !== undefined && came !== undefined && kept.length === came.length && timingSafeEqual(kept, came);
};

const cookieIn = (cookies: string): string =>
  cookies
    .split(/; */)
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? '';

/** The page a provider sends browsers back to has a code in its address: nothing may keep it or pass it on (RFC 9700 §4.2.4). */
export const callbackHeaders = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' } as const;
