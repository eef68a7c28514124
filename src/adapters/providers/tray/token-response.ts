import type { AddressRules } from '../../../domain/address-rules.js';
import type { AnswerContext } from '../../../domain/answer-context.js';
import { issued, type AnswerWarning, type Outcome } from '../../../domain/outcome.js';
import { readTokens } from '../../../domain/token-response/answered-tokens.js';
import type { TokenAnswer } from '../../../domain/token-response/response-status.js';
import { parseHttpDateMs } from '../../../domain/token-response/http-date.js';
import { ownField, type JsonObject } from '../../../domain/token-response/own-field.js';
import { parseSaoPauloTimeMs } from './sao-paulo-time.js';
import { attributeText } from '../../../domain/token-response/token-attributes.js';
import { accessEnd, refreshEnd } from '../../../domain/token-response/token-end.js';
import { readApiHost } from './api-host.js';
import { readToldEnd, type ToldEnd } from '../../../domain/token-response/told-end.js';

/** What reading a Tray answer needs besides the answer and its context. */
export interface TrayReading {
  readonly step: 'obtain' | 'renew';
  readonly rules: AddressRules;
  /** The path every API address ends in. */
  readonly apiPath: string;
  /** Keep the code, which Tray accepts again, with the token. */
  readonly reuseCode: boolean;
}

const names = { accessToken: 'access_token', refreshToken: 'refresh_token' } as const;

/**
 * Reads Tray's token answer (Tray's documents, "Gerar" and "Atualizar Chave de Acesso"), the tokens first. Its expiries are wall
 * clocks of São Paulo without a zone; "Token already exists." brings an older pair, and whether a renewal moves `date_activated` is
 * not documented: `readToldEnd` says what is believed then. Undefined when it
 * has neither an access token nor a refresh token. Its `code` echoes the status and is not looked at. Attributes: `storeId`,
 * and `apiHost` as long as it stays at the host that the account is bound to.
 */
export const readTrayTokens = (
  json: JsonObject,
  answer: TokenAnswer,
  context: AnswerContext,
  reading: TrayReading,
): Outcome | undefined => {
  const { sentAtMs, previous } = context;
  const tokens = readTokens(json, names, previous);
  if (tokens === undefined) return undefined;
  const expiryOf = (name: string): ToldEnd => {
    const moments = {
      expiresAtMs: parseSaoPauloTimeMs(ownField(json, name)),
      activatedAtMs: parseSaoPauloTimeMs(ownField(json, 'date_activated')),
      answeredAtMs: parseHttpDateMs(answer.headers['date'] ?? '', sentAtMs),
      sentAtMs,
    };
    return readToldEnd(moments, reading.step);
  };
  const access = expiryOf('date_expiration_access_token');
  const refresh = expiryOf('date_expiration_refresh_token');
  const refreshExpiry = refreshEnd(refresh.lifetimeMs, tokens, context);
  const installationCode = reading.reuseCode ? (context.code ?? previous?.installationCode) : undefined;
  const apiHost = readApiHost(ownField(json, 'api_host'), {
    rules: reading.rules,
    apiPath: reading.apiPath,
    bound: context.apiAddress,
    previous: previous?.attributes['apiHost'],
  });
  const storeId = attributeText(ownField(json, 'store_id'));
  const token = Object.freeze({
    ...(tokens.accessToken === undefined ? {} : { accessToken: tokens.accessToken }),
    tokenType: 'Bearer',
    ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
    obtainedAt: new Date(sentAtMs),
    expiresAt: accessEnd(access.lifetimeMs, tokens, context).expiresAt,
    ...(refreshExpiry === undefined ? {} : { refreshTokenExpiresAt: refreshExpiry }),
    attributes: Object.freeze({
      ...previous?.attributes,
      ...(storeId === undefined ? {} : { storeId }),
      ...(apiHost.address === undefined ? {} : { apiHost: apiHost.address }),
    }),
    ...(installationCode === undefined ? {} : { installationCode }),
  });
  const isUnreadable =
    access.lifetimeMs === undefined || (tokens.isNewRefreshToken && refresh.lifetimeMs === undefined);
  const warnings: readonly AnswerWarning[] = [
    ...tokens.warnings,
    ...(isUnreadable ? (['expiry_unreadable'] as const) : []),
    ...(access.clocksDisagree || refresh.clocksDisagree ? (['clock_disagrees'] as const) : []),
    ...(apiHost.isKept ? (['api_host_kept'] as const) : []),
  ];
  return issued(token, warnings);
};
