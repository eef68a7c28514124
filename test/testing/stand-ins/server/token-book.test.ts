import { isLeft, isRight, left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../../src/testing/fake-clock.js';
import type { Rotation } from '../../../../src/testing/stand-ins/server/rotation.js';
import { tokenBook, type TokenBook } from '../../../../src/testing/stand-ins/server/token-book.js';
import type { IssuedPair, TokenRules } from '../../../../src/testing/stand-ins/server/token-life.js';

interface Scene {
  readonly clock: FakeClock;
  readonly book: TokenBook;
  readonly first: IssuedPair;
}

const scene = (rotation: Rotation, rules: Partial<TokenRules> = {}): Scene => {
  const clock = fakeClock({ nowMs: 1_000_000 });
  let minted = 0;
  const mint = (kind: string) => (): string => {
    minted += 1;
    return `${kind}-${minted}`;
  };
  const book = tokenBook({
    nowMs: clock.nowMs,
    accessTokenLifetimeMs: 1_000,
    refreshTokenLifetimeMs: undefined,
    rotation,
    omitKeptRefreshToken: false,
    keepOldAccessTokens: false,
    mintAccessToken: mint('access'),
    mintRefreshToken: mint('refresh'),
    ...rules,
  });
  return { clock, book, first: book.open('orders', true) };
};

const renewed = (book: TokenBook, refreshToken: string | undefined): IssuedPair => {
  const result = book.renew(refreshToken ?? '');
  if (isLeft(result)) throw new Error(`refused: ${result.left}`);
  return result.right;
};

describe('a token book', () => {
  it('issues a pair with its scope and its times', () => {
    const { first } = scene('strict', { refreshTokenLifetimeMs: 5_000 });
    expect(first).toEqual({
      family: 1,
      accessToken: 'access-2',
      refreshToken: 'refresh-1',
      scope: 'orders',
      issuedAtMs: 1_000_000,
      accessTokenExpiresAtMs: 1_001_000,
      refreshTokenExpiresAtMs: 1_005_000,
    });
  });

  it('issues no refresh token where none is wanted', () => {
    const { book } = scene('strict');
    expect(book.open(undefined, false).refreshToken).toBe(undefined);
  });

  it('lets an access token die of age to the millisecond', async () => {
    const { book, clock, first } = scene('strict');
    await clock.advance(999);
    expect(book.use(first.accessToken)).toBe('valid');
    await clock.advance(1);
    expect(book.use(first.accessToken)).toBe('expired');
    expect(book.lives(first.accessToken)).toBe(false);
  });

  it('lets a refresh token die of age to the millisecond', async () => {
    const { book, clock, first } = scene('strict', { refreshTokenLifetimeMs: 5_000 });
    await clock.advance(4_999);
    expect(book.lives(first.refreshToken ?? '')).toBe(true);
    await clock.advance(1);
    expect(book.renew(first.refreshToken ?? '')).toEqual(left('expired'));
  });

  it('knows nothing of tokens it never issued', () => {
    const { book } = scene('strict');
    expect(book.renew('invented')).toEqual(left('unknown'));
    expect([book.use('invented'), book.lives('invented'), book.place('invented')]).toEqual([
      'unknown',
      false,
      undefined,
    ]);
  });

  it('numbers refresh tokens by issue and by family', () => {
    const { book, first } = scene('strict');
    const other = book.open(undefined, true);
    const second = renewed(book, first.refreshToken);
    expect([first, other, second].map(({ refreshToken }) => book.place(refreshToken ?? ''))).toEqual([
      { serial: 1, generation: 1 },
      { serial: 2, generation: 1 },
      { serial: 3, generation: 2 },
    ]);
    expect([second.family, second.scope, book.latest(1)]).toEqual([1, 'orders', second]);
  });

  it('kills a token that is revoked, and with a refresh token its family', () => {
    const { book, first } = scene('strict');
    const other = book.open(undefined, true);
    book.revoke(other.accessToken);
    expect([book.use(other.accessToken), book.lives(other.refreshToken ?? '')]).toEqual(['revoked', true]);
    book.revoke(first.refreshToken ?? '');
    expect([book.use(first.accessToken), book.renew(first.refreshToken ?? '')]).toEqual(['revoked', left('revoked')]);
  });

  it('can be told to expire or revoke everything', () => {
    const { book, first } = scene('strict');
    expect(book.snapshot()).toEqual({
      authorizations: 1,
      accessTokensIssued: 1,
      refreshTokensIssued: 1,
      livingAccessTokens: 1,
      livingRefreshTokens: 1,
    });
    book.expireAccessTokens();
    expect([book.use(first.accessToken), book.lives(first.refreshToken ?? '')]).toEqual(['expired', true]);
    const second = renewed(book, first.refreshToken);
    book.expireRefreshTokens();
    expect([book.use(second.accessToken), book.renew(second.refreshToken ?? '')]).toEqual(['valid', left('expired')]);
    const third = book.open(undefined, true);
    book.revokeEverything();
    expect([book.use(third.accessToken), book.renew(third.refreshToken ?? '')]).toEqual(['revoked', left('revoked')]);
    expect(book.snapshot()).toEqual({
      authorizations: 2,
      accessTokensIssued: 3,
      refreshTokensIssued: 3,
      livingAccessTokens: 0,
      livingRefreshTokens: 0,
    });
  });
});

describe('strict rotation', () => {
  it('kills the old pair at once and leaves the new one', () => {
    const { book, first } = scene('strict');
    const second = renewed(book, first.refreshToken);
    expect(book.renew(first.refreshToken ?? '')).toEqual(left('revoked'));
    expect([book.use(first.accessToken), book.use(second.accessToken)]).toEqual(['revoked', 'valid']);
    expect(isRight(book.renew(second.refreshToken ?? ''))).toBe(true);
  });

  it('can let the old access token live to its end', () => {
    const { book, first } = scene('strict', { keepOldAccessTokens: true });
    renewed(book, first.refreshToken);
    expect(book.use(first.accessToken)).toBe('valid');
  });

  it('revokes the family of a token that is sent again, if told so, and no other family', () => {
    const { book, first } = scene('strict-family');
    const other = book.open(undefined, true);
    const second = renewed(book, first.refreshToken);
    expect(book.renew(first.refreshToken ?? '')).toEqual(left('revoked'));
    expect([book.use(second.accessToken), book.lives(second.refreshToken ?? '')]).toEqual(['revoked', false]);
    expect(book.use(other.accessToken)).toBe('valid');
  });
});

describe('rotation with grace', () => {
  it('takes the old token again, for another pair, until the grace is over', async () => {
    const { book, clock, first } = scene({ graceMs: 500 });
    const second = renewed(book, first.refreshToken);
    await clock.advance(499);
    const third = renewed(book, first.refreshToken);
    expect(third.refreshToken).not.toBe(second.refreshToken);
    expect([first, second, third].map(({ accessToken }) => book.use(accessToken))).toEqual(['valid', 'valid', 'valid']);
    await clock.advance(1);
    expect(book.renew(first.refreshToken ?? '')).toEqual(left('revoked'));
    expect(book.use(first.accessToken)).toBe('revoked');
  });

  it('can repeat the same successor', () => {
    const { book, first } = scene({ graceMs: 500, repeats: true });
    const second = renewed(book, first.refreshToken);
    expect(renewed(book, first.refreshToken)).toBe(second);
  });
});

describe('rotation until first use', () => {
  it('takes the old token until the new access token is used', () => {
    const { book, first } = scene('until-first-use');
    const second = renewed(book, first.refreshToken);
    const third = renewed(book, first.refreshToken);
    expect(book.use(first.accessToken)).toBe('valid');
    expect(book.lives(second.accessToken)).toBe(true);
    expect(book.lives(first.refreshToken ?? '')).toBe(true);
    expect(book.use(third.accessToken)).toBe('valid');
    expect(book.renew(first.refreshToken ?? '')).toEqual(left('revoked'));
    expect(book.use(first.accessToken)).toBe('revoked');
  });
});

describe('no rotation', () => {
  it('keeps the refresh token, repeats it in the answer and restarts its life', async () => {
    const { book, clock, first } = scene('none', { refreshTokenLifetimeMs: 5_000 });
    await clock.advance(4_000);
    const second = renewed(book, first.refreshToken);
    expect([second.refreshToken, second.refreshTokenExpiresAtMs]).toEqual([first.refreshToken, 1_009_000]);
    expect(book.snapshot().refreshTokensIssued).toBe(1);
    expect(isRight(book.renew(first.refreshToken ?? ''))).toBe(true);
  });

  it('can leave it out of the answer', () => {
    const { book, first } = scene('none', { omitKeptRefreshToken: true });
    expect(first.refreshToken).toBe('refresh-1');
    expect(renewed(book, first.refreshToken).refreshToken).toBe(undefined);
    expect(isRight(book.renew(first.refreshToken ?? ''))).toBe(true);
  });
});
