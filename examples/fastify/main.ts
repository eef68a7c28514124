import { fastify } from 'fastify';
import { ourLlavero } from '../our-llavero.js';
import { centryShops } from './plugin.js';

const llavero = ourLlavero(process.env);
const app = fastify();
await app.register(centryShops, { llavero });
llavero.start(); // renews what nobody asks for, before it dies

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) });
console.log('ready');
process.once('SIGTERM', () => void app.close()); // closes llavero too, after the last answer
