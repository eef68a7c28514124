/**
 * The web's `fetch`, as API requests need it: any implementation will do. It is asked with `redirect: 'manual'`, and has to
 * give the 3xx then, as Node's does.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
