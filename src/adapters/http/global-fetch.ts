import type { Fetch } from '../../ports/fetch.js';

/** The `fetch` of the process, as it stands when a request is made. */
export const globalFetch = (): Fetch => (url, init) => globalThis.fetch(url, init);
