import { describe, expect, it } from 'vitest';
import type { AnswerContext } from '../../../../src/domain/answer-context.js';
import { readTrayTokens } from '../../../../src/adapters/providers/tray/token-response.js';
import { Secret } from '../../../../src/domain/secret.js';
import {
  answerWith,
  contextWith,
  issuedIn,
  outcomeLaidOpen,
  previousToken,
  sentAtMs,
  warningsIn,
} from '../../../domain/token-response/answer-fixtures.js';

const hour = 3_600_000;
const at = (ms: number): Date => new Date(sentAtMs + ms);
const created = {
  message: 'Created tokens',
  code: 201,
  access_token: 'APP_ID-1-STORE_ID-2-aa',
  refresh_token: 'bb',
  date_expiration_access_token: '2026-03-21 15:00:00',
  date_expiration_refresh_token: '2026-04-20 12:00:00',
  date_activated: '2026-03-21 12:00:00',
  api_host: 'https://loja.test/web_api',
  store_id: '2',
};
const read = (
  json: Readonly<Record<string, unknown>>,
  {
    reuseCode = false,
    step = 'obtain',
    date = new Date(sentAtMs).toUTCString(),
    ...members
  }: Partial<AnswerContext> & {
    reuseCode?: boolean;
    step?: 'obtain' | 'renew';
    date?: string;
  } = {},
) =>
  readTrayTokens(
    json,
    answerWith(201, json, { date }),
    contextWith({
      apiAddress: 'https://loja.test/web_api',
      documentedLifetimeMs: 3 * hour,
      documentedRefreshLifetimeMs: 720 * hour,
      ...members,
    }),
    { step, reuseCode, rules: { allowHttpOnLoopback: false }, apiPath: '/web_api' },
  );

describe('an answer of Tray', () => {
  it('becomes a token whose dates are those of São Paulo', () => {
    expect(outcomeLaidOpen(read(created))).toEqual({
      _tag: 'Issued',
      token: {
        accessToken: 'APP_ID-1-STORE_ID-2-aa',
        tokenType: 'Bearer',
        refreshToken: 'bb',
        obtainedAt: at(0),
        expiresAt: at(3 * hour),
        refreshTokenExpiresAt: at(720 * hour),
        attributes: { storeId: '2', apiHost: 'https://loja.test/web_api' },
      },
      warnings: [],
    });
  });

  it('reads the same whatever types its code and store_id have', () => {
    for (const code of [200, '200', undefined, { odd: true }]) {
      expect(issuedIn(read({ ...created, code, store_id: 2 })).attributes['storeId']).toBe('2');
    }
  });

  it('is undefined when it has neither token', () => {
    expect(read({ code: 200, message: 'ok' })).toBeUndefined();
  });

  it('keeps what a renewal leaves out', () => {
    const {
      date_activated: _activated,
      api_host: _host,
      store_id: _store,
      refresh_token: _refresh,
      ...short
    } = created;
    const previous = { ...previousToken, attributes: { apiHost: 'https://loja.test/web_api', storeId: '2' } };
    const token = issuedIn(read({ ...short, date_expiration_refresh_token: undefined }, { previous, step: 'renew' }));
    expect(token.refreshToken?.expose()).toBe('old-refresh');
    expect(token.refreshTokenExpiresAt).toEqual(previous.refreshTokenExpiresAt);
    expect(token.attributes).toEqual({ apiHost: 'https://loja.test/web_api', storeId: '2' });
  });

  it('keeps a refresh token whose access token cannot be sent', () => {
    const outcome = read({ ...created, access_token: 'a b' });
    expect(issuedIn(outcome).accessToken).toBeUndefined();
    expect(issuedIn(outcome).refreshToken?.expose()).toBe('bb');
    expect(warningsIn(outcome)).toEqual(['access_token_unusable']);
  });

  it('lives as long as documented, with a warning, when its dates cannot be read', () => {
    for (const odd of ['0000-00-00 00:00:00', '2026-02-30 10:00:00', 7, null, '2020-01-01 00:00:00', undefined]) {
      const outcome = read({ ...created, date_expiration_access_token: odd, date_expiration_refresh_token: odd });
      expect(issuedIn(outcome).expiresAt).toEqual(at(3 * hour));
      expect(issuedIn(outcome).refreshTokenExpiresAt).toEqual(at(720 * hour));
      expect(warningsIn(outcome)).toEqual(['expiry_unreadable']);
    }
  });

  it('has no end of the refresh token when nobody names one', () => {
    const odd = { ...created, date_expiration_refresh_token: 'soon' };
    expect(issuedIn(read(odd, { documentedRefreshLifetimeMs: undefined })).refreshTokenExpiresAt).toBeUndefined();
  });

  it('warns when the clocks disagree, and takes the earliest reading', () => {
    const outcome = read(created, { date: at(hour).toUTCString() });
    expect(issuedIn(outcome).expiresAt).toEqual(at(2 * hour));
    expect(warningsIn(outcome)).toEqual(['clock_disagrees']);
  });

  it('reads no date from a Date header that is none', () => {
    expect(warningsIn(read(created, { date: '1' }))).toEqual([]);
  });
});

describe('the api_host', () => {
  const told = (api_host: unknown, members: Partial<AnswerContext> = {}) => read({ ...created, api_host }, members);
  const bound = 'https://loja.test/web_api';

  it('is normalised', () => {
    for (const text of ['loja.test', 'loja.test/web_api/', 'https://LOJA.test/web_api/web_api']) {
      expect(issuedIn(told(text)).attributes['apiHost']).toBe(bound);
      expect(warningsIn(told(text))).toEqual([]);
    }
  });

  it('is not followed to another host, port or scheme, or when it is unreadable', () => {
    const foreign = ['https://evil.test/web_api', 'https://www.loja.test/web_api', 'http://loja.test/web_api', 7, '#'];
    for (const text of [...foreign, 'https://loja.test:8443/web_api', 'https://user@loja.test/web_api']) {
      expect(issuedIn(told(text)).attributes['apiHost']).toBe(bound);
      expect(warningsIn(told(text))).toEqual(['api_host_kept']);
    }
  });

  it('stays what it was while it is at the bound host', () => {
    const previous = { ...previousToken, attributes: { apiHost: 'https://loja.test/web_api' } };
    for (const text of [undefined, null, '']) {
      expect(issuedIn(told(text, { previous })).attributes['apiHost']).toBe('https://loja.test/web_api');
    }
    expect(issuedIn(told('https://evil.test', { previous })).attributes['apiHost']).toBe('https://loja.test/web_api');
  });

  it('moves with the account when that was bound to another shop', () => {
    const previous = { ...previousToken, attributes: { apiHost: 'https://old.test/web_api' } };
    expect(issuedIn(told(undefined, { previous })).attributes['apiHost']).toBe(bound);
    expect(issuedIn(told('https://old.test/web_api', { previous })).attributes['apiHost']).toBe(bound);
  });

  it('falls back on the previous one when the binding is not known', () => {
    const previous = { ...previousToken, attributes: { apiHost: bound } };
    const members = { previous, apiAddress: undefined };
    expect(issuedIn(told('https://loja.test', members)).attributes['apiHost']).toBe(bound);
    expect(warningsIn(told('https://evil.test', members))).toEqual(['api_host_kept']);
  });

  it('is never taken from an answer alone', () => {
    const outcome = told('https://evil.test', { apiAddress: undefined });
    expect(issuedIn(outcome).attributes).toEqual({ storeId: '2' });
    expect(warningsIn(outcome)).toEqual(['api_host_kept']);
  });
});

describe('the code of the installation', () => {
  const code = new Secret('the-code');

  it('is kept with the token where it can be used again, through renewals too', () => {
    const first = issuedIn(read(created, { code, reuseCode: true }));
    expect(first.installationCode?.expose()).toBe('the-code');
    const renewed = issuedIn(read(created, { previous: first, step: 'renew', reuseCode: true }));
    expect(renewed.installationCode?.expose()).toBe('the-code');
  });

  it('is not kept otherwise', () => {
    expect(
      issuedIn(read(created, { code, previous: { ...previousToken, installationCode: code } })),
    ).not.toHaveProperty('installationCode');
  });
});
