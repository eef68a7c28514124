import { centry, createLlavero, type Llavero } from 'llavero';
import { sqliteStore } from 'llavero/stores/sqlite';

/** The one llavero of a backend: whoever asks it for a token shares its renewals. */
export const ourLlavero = (env: NodeJS.ProcessEnv): Llavero =>
  createLlavero({
    providers: [
      centry({
        baseUrl: env['CENTRY_URL'], // a stand-in's; left out, it is Centry itself
        clientId: env['CENTRY_CLIENT_ID'],
        clientSecret: env['CENTRY_CLIENT_SECRET'],
        redirectUri: `${env['PUBLIC_URL'] ?? 'http://127.0.0.1:3000'}/centry/callback`,
      }),
    ],
    store: sqliteStore({ path: env['LLAVERO_DB'] ?? 'llavero.db' }),
    encryption: { keys: [{ id: '2026-11', secret: env['LLAVERO_KEY'] ?? '' }] },
    allowHttpOnLoopback: env['NODE_ENV'] !== 'production', // a stand-in has no certificate
  });
