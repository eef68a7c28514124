import type { ScriptedAnswer } from '../../src/testing/scripted-http.js';

/** Every secret of these tests begins with this, so that one search finds a leak. */
export const canary = 'canary';

/** The secrets that the `n`-th answer of a provider brings. */
export const secretsOf = (n: number): { readonly access: string; readonly refresh: string } => ({
  access: `${canary}-access-${n}`,
  refresh: `${canary}-refresh-${n}`,
});

type Members = Readonly<Record<string, unknown>>;

/** Centry's `n`-th token answer: two hours, with a new refresh token. `members` replaces or, with undefined, drops some. */
export const centryAnswer = (n: number, members: Members = {}): ScriptedAnswer => ({
  json: {
    access_token: secretsOf(n).access,
    refresh_token: secretsOf(n).refresh,
    token_type: 'bearer',
    expires_in: 7_200,
    scope: 'read_orders',
    ...members,
  },
});

/** CitrusAd's `n`-th token answer: one hour, no refresh token. */
export const citrusAnswer = (n: number, members: Members = {}): ScriptedAnswer => ({
  json: { access_token: secretsOf(n).access, token_type: 'Bearer', expires_in: 3_600, ...members },
});

const hourMs = 3_600_000;

/** A wall clock of São Paulo as Tray writes it; UTC−3 all year since 2019. */
export const saoPauloClock = (ms: number): string =>
  new Date(ms - 3 * hourMs).toISOString().slice(0, 19).replace('T', ' ');

/** Tray's `n`-th token answer, written at `nowMs`: three hours, and thirty days for the refresh token. */
export const trayAnswer = (n: number, nowMs: number, members: Members = {}): ScriptedAnswer => ({
  status: 201,
  headers: { Date: new Date(nowMs).toUTCString() },
  json: {
    message: 'Token created with success.',
    code: 201,
    access_token: secretsOf(n).access,
    refresh_token: secretsOf(n).refresh,
    date_expiration_access_token: saoPauloClock(nowMs + 3 * hourMs),
    date_expiration_refresh_token: saoPauloClock(nowMs + 30 * 24 * hourMs),
    date_activated: saoPauloClock(nowMs),
    api_host: 'https://shop.example.com/web_api',
    store_id: 391250,
    ...members,
  },
});

/** An error answer of RFC 6749 §5.2. */
export const oauthError = (error: string, status = 400): ScriptedAnswer => ({ status, json: { error } });

/** An error answer of Tray. */
export const trayError = (code: number, status = 401): ScriptedAnswer => ({
  status,
  json: { code: status, name: 'Unauthorized', error_code: code },
});
