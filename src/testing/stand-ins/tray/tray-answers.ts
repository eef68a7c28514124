import { jsonReply, type Reply } from '../server/reply.js';
import type { IssuedPair } from '../server/token-life.js';

/** What can become of a store. */
export type TrayStoreState = 'active' | 'blocked' | 'inactive' | 'cancelled';

interface AnswerForm {
  readonly storeId: string;
  readonly statusAsText?: boolean | undefined;
  readonly shortRefreshAnswers?: boolean | undefined;
}

const stateCodes = { blocked: 1001, inactive: 1002, cancelled: 1003 } as const;

/** A 401 in the words of Tray's documents; `none` is the form without an `error_code`. */
export const trayRefusal = (path: string, why: 1000 | 1099 | 'none' | keyof typeof stateCodes): Reply => {
  if (why === 'none')
    return jsonReply(401, { code: 401, message: 'Unauthorized', causes: ['Token expired or invalid'] });
  const error_code = typeof why === 'number' ? why : stateCodes[why];
  const causes = typeof why === 'number' ? ['Token inválido ou expirado'] : [`Loja: ${why}`];
  const url = path.replace('/web_api', '/');
  return jsonReply(401, { code: 401, url, name: 'Unauthorized access', error_code, causes });
};

/** A token answer: 201 for a pair that was created, 200 for one that existed or was refreshed. */
export const trayTokens = (
  message: 'Created tokens' | 'Token already exists.' | 'Refreshed tokens',
  pair: IssuedPair,
  origin: string,
  form: AnswerForm,
): Reply => {
  const status = message === 'Created tokens' ? 201 : 200;
  const short = message === 'Refreshed tokens' && form.shortRefreshAnswers === true;
  return jsonReply(status, {
    message,
    code: form.statusAsText === true ? String(status) : status,
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    date_expiration_access_token: saoPauloTime(pair.accessTokenExpiresAtMs),
    date_expiration_refresh_token: pair.refreshTokenExpiresAtMs && saoPauloTime(pair.refreshTokenExpiresAtMs),
    ...(short ? {} : { date_activated: saoPauloTime(pair.issuedAtMs), api_host: `${origin}/web_api` }),
    store_id: form.storeId,
  });
};

const saoPauloOffsetMs = -3 * 3_600_000;

/** `YYYY-MM-DD HH:MM:SS` in São Paulo, which has stood at -03:00 all year since 2019; what is left of a second is cut off. */
const saoPauloTime = (unixMs: number): string =>
  new Date(unixMs + saoPauloOffsetMs).toISOString().slice(0, 19).replace('T', ' ');
