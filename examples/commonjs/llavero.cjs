const { citrusAd, createLlavero } = require('llavero');
const { sqliteStore } = require('llavero/stores/sqlite');

/** The one llavero of the monolith: whoever requires this module gets the same, and shares its renewals. */
module.exports = createLlavero({
  providers: [
    citrusAd({
      baseUrl: process.env['CITRUSAD_URL'],
      clientId: process.env['CITRUSAD_CLIENT_ID'],
      clientSecret: process.env['CITRUSAD_CLIENT_SECRET'],
      apiKey: process.env['CITRUSAD_API_KEY'],
    }),
  ],
  store: sqliteStore({ path: process.env['LLAVERO_DB'] ?? 'llavero.db' }),
  encryption: { keys: [{ id: '2026-11', secret: process.env['LLAVERO_KEY'] ?? '' }] },
  allowHttpOnLoopback: process.env['NODE_ENV'] !== 'production', // a stand-in has no certificate
});
