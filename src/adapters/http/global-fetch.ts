import type { Fetch } from '../../ports/fetch.js';

/** What switches the verification of certificates off for everything that Node's own `fetch` sends. */
const unverified = { name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' } as const;

/**
 * The `fetch` of the process, as it stands when a request is made. Where certificates are not verified it sends nothing over
 * https, and fails with `ERR_TLS_UNVERIFIED`.
 */
export const globalFetch = (): Fetch => (url, init) =>
  process.env[unverified.name] === unverified.value && url.startsWith('https:')
    ? Promise.reject(Object.assign(new Error('certificates are not verified'), { code: 'ERR_TLS_UNVERIFIED' }))
    : globalThis.fetch(url, init);
