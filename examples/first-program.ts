import { centry, createLlavero } from 'llavero';
import { memoryStore } from 'llavero/stores/memory';
import { standInCentry, walkAuthorization } from 'llavero/testing';

const provider = await standInCentry(); // a real HTTP server that behaves like Centry
const llavero = createLlavero({
  providers: [centry(provider.settings)],
  store: memoryStore(),
  encryption: 'plaintext', // for a store that ends with the process; otherwise { keys: […] }
  allowHttpOnLoopback: true, // the stand-in has no certificate
});

const { url } = await llavero.authorize('centry/acme'); // send the merchant's browser there
console.log(await llavero.callback(await walkAuthorization(url))); // and hand in what it brings back

const token = await llavero.token('centry/acme'); // wherever a token is needed: valid, renewed when due
const orders = new URL('/conexion/v1/orders.json', provider.url);
const response = await fetch(orders, { headers: { Authorization: token.authorizationHeader() } });
console.log(response.status, await response.json());
await Promise.all([llavero.close(), provider.close()]);
