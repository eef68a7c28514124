import { barePromise } from './contenders/bare-promise.mjs';
import { renewingLlavero } from './contenders/renewing-llavero.mjs';
import { renewingPeers } from './contenders/renewing-peers.mjs';
import { answer } from './measuring/processes.mjs';
import { herd } from './measuring/herd.mjs';

// A peer complains of each refresh token that was refused; how many there are is counted here.
console.warn = () => undefined;

/** @type {Map<string, () => Promise<unknown>>} */
const tokens = new Map();
/** @type {Awaited<ReturnType<typeof renewingLlavero>>} */
let llavero;
/** @type {Awaited<ReturnType<typeof barePromise>>} */
let bare;

answer({
  open: async (
    /** @type {import('./contenders/endpoint.mjs').EndpointSettings} */ settings,
    /** @type {string} */ path,
  ) => {
    llavero = await renewingLlavero(settings, { path });
    bare = await barePromise(settings);
    tokens.set('llavero', llavero.token).set('bare', bare.token);
  },
  connect: (/** @type {string} */ code) => llavero.connect(code),
  /** Takes the token into memory. */
  load: () => llavero.token().then(() => undefined),
  expire: () => {
    llavero.expire();
    bare.expire();
  },
  peer: async (
    /** @type {string} */ name,
    /** @type {import('./contenders/endpoint.mjs').EndpointSettings} */ settings,
    /** @type {string} */ refreshToken,
  ) => {
    const token = await renewingPeers[name]?.make(settings, refreshToken);
    if (token !== undefined) tokens.set(name, token);
  },
  herd: async (/** @type {string} */ name, /** @type {number} */ callers, /** @type {number} */ startsAtMs) => {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`nobody is called ${name}`);
    globalThis.gc?.();
    while (Date.now() < startsAtMs) await new Promise((resolve) => setImmediate(resolve));
    return herd(callers, token);
  },
  close: () => llavero.close(),
});
