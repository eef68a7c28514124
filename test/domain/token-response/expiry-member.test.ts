import { describe, expect, it } from 'vitest';
import { readDateTime, readExpiry } from '../../../src/domain/token-response/expiry-member.js';
import { readTokenAnswer, type TokenAnswerFormat } from '../../../src/domain/token-response/token-response.js';
import { contextWith, issuedIn, previousToken, sentAtMs, warningsIn } from './answer-fixtures.js';

const hourMs = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString();
const format: TokenAnswerFormat = {
  names: { accessToken: 'token' },
  expiresAt: { name: 'expiresAt', read: readDateTime },
  refreshTokenExpiresAt: { name: 'refreshExpiresAt', read: readDateTime },
};

describe('readDateTime', () => {
  it.each([
    ['2026-03-21T15:00:00Z', Date.UTC(2026, 2, 21, 15)],
    ['2026-03-21T15:00:00.250Z', Date.UTC(2026, 2, 21, 15) + 250],
    ['2026-03-21T12:00:00-03:00', Date.UTC(2026, 2, 21, 15)],
  ])('reads %s', (text, ms) => {
    expect(readDateTime(text)).toEqual(new Date(ms));
  });

  it.each(['2026-03-21 15:00:00', '2026-03-21T15:00:00', '2026-03-21', 'tomorrow', '', 1_774_105_200, null])(
    'reads nothing from %o, which names no moment without a guess',
    (value) => {
      expect(readDateTime(value)).toBe(undefined);
    },
  );
});

describe('a moment of expiry', () => {
  it('becomes the end of the token, and of the refresh token', () => {
    const json = {
      token: 'a',
      refresh_token: 'r',
      expiresAt: at(sentAtMs + hourMs),
      refreshExpiresAt: at(sentAtMs + 5 * hourMs),
    };
    const outcome = readTokenAnswer(json, contextWith(), format, sentAtMs);
    const { expiresAt, refreshTokenExpiresAt } = issuedIn(outcome);
    expect([expiresAt, refreshTokenExpiresAt]).toEqual([new Date(sentAtMs + hourMs), new Date(sentAtMs + 5 * hourMs)]);
    expect(warningsIn(outcome)).toEqual([]);
  });

  it('counts less than a lifetime, which needs no clock', () => {
    const json = { token: 'a', expires_in: 60, expiresAt: at(sentAtMs + hourMs) };
    expect(issuedIn(readTokenAnswer(json, contextWith(), format)).expiresAt).toEqual(new Date(sentAtMs + 60_000));
  });

  it('is judged by the provider’s clock too, and the earlier end holds', () => {
    const json = { token: 'a', expiresAt: at(sentAtMs + 2 * hourMs) };
    const ahead = readTokenAnswer(json, contextWith(), format, sentAtMs + hourMs);
    expect(issuedIn(ahead).expiresAt).toEqual(new Date(sentAtMs + hourMs));
    expect(warningsIn(ahead)).toEqual(['clock_disagrees']);
  });

  it('that is past or unreadable gives way to what is documented, with a warning', () => {
    for (const expiresAt of [at(sentAtMs - hourMs), 'soon', 7, undefined]) {
      const outcome = readTokenAnswer({ token: 'a', expiresAt }, contextWith({ documentedLifetimeMs: 1_000 }), format);
      expect(issuedIn(outcome).expiresAt).toEqual(new Date(sentAtMs + 1_000));
      expect(warningsIn(outcome)).toEqual(['lifetime_assumed']);
    }
  });

  it('costs no token when its reader throws or gives no date', () => {
    const clocks = { sentAtMs, answeredAtMs: undefined };
    const broken = (): Date => {
      throw new Error('no');
    };
    for (const read of [broken, () => new Date(Number.NaN), () => undefined]) {
      expect(readExpiry({ at: 1 }, { name: 'at', read }, clocks).lifetimeMs).toBe(undefined);
      const json = { token: 'a', refresh_token: 'r', at: 1 };
      const token = issuedIn(readTokenAnswer(json, contextWith(), { ...format, expiresAt: { name: 'at', read } }));
      expect([token.accessToken?.expose(), token.refreshToken?.expose()]).toEqual(['a', 'r']);
    }
  });
});

describe('a provider whose tokens never expire', () => {
  const unlimited = contextWith({ documentedLifetimeMs: 'unlimited' });

  it('gives tokens until the end of the calendar, which is nothing to warn about', () => {
    for (const expires_in of [undefined, null, 0, '0']) {
      const outcome = readTokenAnswer({ access_token: 'a', expires_in }, unlimited);
      expect(issuedIn(outcome).expiresAt).toEqual(new Date('9999-12-31T23:59:59.999Z'));
      expect(warningsIn(outcome)).toEqual([]);
    }
  });

  it('is believed when it names a lifetime after all', () => {
    const outcome = readTokenAnswer({ access_token: 'a', expires_in: 60 }, unlimited);
    expect(issuedIn(outcome).expiresAt).toEqual(new Date(sentAtMs + 60_000));
  });

  it('is not taken for one by its last token alone', () => {
    const previous = { ...previousToken, expiresAt: new Date('9999-12-31T23:59:59.999Z') };
    const outcome = readTokenAnswer({ access_token: 'a' }, contextWith({ previous }));
    expect(issuedIn(outcome).expiresAt).toEqual(new Date(sentAtMs + 100 * 365 * 24 * hourMs));
  });
});
