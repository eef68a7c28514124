import { ourLlavero } from '../our-llavero.js';
import { makeApp } from './app.js';

const llavero = ourLlavero(process.env);
await llavero.ready(); // a wrong encryption key or a broken store stops the start, not the first merchant
llavero.start(); // renews what nobody asks for, before it dies

const server = makeApp(llavero).listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log('ready'));
process.once('SIGTERM', () => server.close(() => void llavero.close())); // first the callers, then llavero
