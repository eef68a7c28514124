import { describe, expect, it } from 'vitest';
import { readTokenAnswer } from '../../../src/domain/answers/token-answer.js';
import { contextWith, issuedIn, outcomeLaidOpen, previousToken, sentAtMs, warningsIn } from './answer-fixtures.js';

const at = (ms: number): Date => new Date(sentAtMs + ms);
const full = {
  access_token: 'new-access',
  token_type: 'bearer',
  expires_in: 7200,
  refresh_token: 'new-refresh',
  created_at: 1_501_020_167,
};

describe('a token answer', () => {
  it('becomes a token whose life counts from the moment the request was sent, not from created_at', () => {
    expect(outcomeLaidOpen(readTokenAnswer(full, contextWith()))).toEqual({
      _tag: 'Issued',
      token: {
        accessToken: 'new-access',
        tokenType: 'bearer',
        refreshToken: 'new-refresh',
        obtainedAt: at(0),
        expiresAt: at(7_200_000),
        attributes: {},
      },
      warnings: [],
    });
  });

  it('is undefined when it has neither token', () => {
    expect(
      readTokenAnswer({ token_type: 'bearer', access_token: '', refresh_token: 7 }, contextWith()),
    ).toBeUndefined();
  });

  it('takes nothing that the object inherits', () => {
    const inherited: Record<string, unknown> = { __proto__: { access_token: 'a', refresh_token: 'b' } };
    expect(readTokenAnswer(inherited, contextWith())).toBeUndefined();
  });
});

describe('a refresh token', () => {
  it('stays when the answer brings none', () => {
    for (const refresh_token of [undefined, '', null, 7, {}, ['x']]) {
      const outcome = readTokenAnswer({ ...full, refresh_token }, contextWith({ previous: previousToken }));
      expect(issuedIn(outcome).refreshToken?.expose()).toBe('old-refresh');
      expect(issuedIn(outcome).refreshTokenExpiresAt).toEqual(previousToken.refreshTokenExpiresAt);
    }
  });

  it('is warned about when it is there but no text', () => {
    const warned = [7, {}, ['x'], true].map((refresh_token) =>
      warningsIn(readTokenAnswer({ ...full, refresh_token }, contextWith({ previous: previousToken }))),
    );
    expect(warned).toEqual(Array.from({ length: 4 }, () => ['refresh_token_unusable']));
    expect(warningsIn(readTokenAnswer({ ...full, refresh_token: null }, contextWith()))).toEqual([]);
  });

  it('is kept character for character, however odd', () => {
    for (const refresh_token of [' x ', 'ñ\r\n', '\u0000', '\ud800', 'a'.repeat(100_000)]) {
      expect(issuedIn(readTokenAnswer({ ...full, refresh_token }, contextWith())).refreshToken?.expose()).toBe(
        refresh_token,
      );
    }
  });

  it('is kept when the access token is missing or cannot be sent', () => {
    for (const access_token of [undefined, '', 'a b', 'a\r\nb', 'clé', 7]) {
      const outcome = readTokenAnswer({ ...full, access_token }, contextWith());
      expect(issuedIn(outcome).accessToken).toBeUndefined();
      expect(issuedIn(outcome).refreshToken?.expose()).toBe('new-refresh');
      expect(warningsIn(outcome)).toEqual(['access_token_unusable']);
    }
  });

  it('has the end that the answer hints at, else the documented one, else none', () => {
    const hinted = readTokenAnswer({ ...full, refresh_token_expires_in: 60 }, contextWith());
    expect(issuedIn(hinted).refreshTokenExpiresAt).toEqual(at(60_000));
    const documented = readTokenAnswer(full, contextWith({ documentedRefreshLifetimeMs: 5_000 }));
    expect(issuedIn(documented).refreshTokenExpiresAt).toEqual(at(5_000));
    expect(issuedIn(readTokenAnswer(full, contextWith({ previous: previousToken }))).refreshTokenExpiresAt).toBe(
      undefined,
    );
  });

  it('that was kept does not live longer because the provider documents a life', () => {
    const { refresh_token: _, ...without } = full;
    const context = contextWith({ previous: previousToken, documentedRefreshLifetimeMs: 1e12 });
    expect(issuedIn(readTokenAnswer(without, context)).refreshTokenExpiresAt).toEqual(
      previousToken.refreshTokenExpiresAt,
    );
  });

  it('has a valid end whatever the provider is said to document', () => {
    const end = (documentedRefreshLifetimeMs: number): number | undefined =>
      issuedIn(readTokenAnswer(full, contextWith({ documentedRefreshLifetimeMs }))).refreshTokenExpiresAt?.getTime();
    expect([1e300, Number.NaN, Infinity, 0, -1].map(end)).toEqual([
      8.64e15,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('an access token', () => {
  it('loses the white space around it', () => {
    expect(issuedIn(readTokenAnswer({ access_token: ' a \n' }, contextWith())).accessToken?.expose()).toBe('a');
  });

  it('is Bearer when the answer names no type', () => {
    for (const token_type of [undefined, null, '']) {
      const outcome = readTokenAnswer({ ...full, token_type }, contextWith());
      expect(issuedIn(outcome)).toMatchObject({ tokenType: 'Bearer' });
      expect(issuedIn(outcome).accessToken?.expose()).toBe('new-access');
      expect(warningsIn(outcome)).toEqual([]);
    }
  });

  it('is Bearer in any spelling', () => {
    expect(issuedIn(readTokenAnswer({ ...full, token_type: 'BeArEr' }, contextWith())).tokenType).toBe('BeArEr');
  });

  it('of a type nobody here knows is dropped, the refresh token is not', () => {
    for (const [token_type, named] of [
      ['mac', 'mac'],
      ['DPoP', 'DPoP'],
      [7, 'unknown'],
      ['\n', 'unknown'],
    ] as const) {
      const outcome = readTokenAnswer({ ...full, token_type }, contextWith());
      expect(issuedIn(outcome).accessToken).toBeUndefined();
      expect(issuedIn(outcome).refreshToken?.expose()).toBe('new-refresh');
      expect(issuedIn(outcome).tokenType).toBe(named);
      expect(warningsIn(outcome)).toEqual(['token_type_unknown']);
    }
  });
});

describe('a lifetime', () => {
  const life = (expires_in: unknown, members = {}): number =>
    issuedIn(readTokenAnswer({ ...full, expires_in }, contextWith(members))).expiresAt.getTime() - sentAtMs;

  it('is read from numbers and numerals', () => {
    expect([1, '60', 0.5].map((expiresIn) => life(expiresIn))).toEqual([1_000, 60_000, 500]);
  });

  it('is never longer than a year', () => {
    expect(life(1e300)).toBe(365 * 86_400_000);
    expect(life(undefined, { documentedLifetimeMs: 1e300 })).toBe(365 * 86_400_000);
  });

  it('that is nonsense is the documented one, else the previous one, else the default', () => {
    for (const nonsense of [undefined, null, 0, -1, Number.NaN, Infinity, '', '1e400', 'soon', {}, []]) {
      expect(life(nonsense, { documentedLifetimeMs: 9_000, previous: previousToken })).toBe(9_000);
      expect(life(nonsense, { previous: previousToken })).toBe(7_200_000);
      expect(life(nonsense)).toBe(3_600_000);
    }
  });

  it('is assumed past numbers that are none', () => {
    const dead = { ...previousToken, expiresAt: previousToken.obtainedAt };
    expect(life('?', { documentedLifetimeMs: Number.NaN, previous: dead, defaultLifetimeMs: 0 })).toBe(3_600_000);
  });

  it('that was assumed is warned about', () => {
    expect(warningsIn(readTokenAnswer({ ...full, expires_in: 0 }, contextWith()))).toEqual(['lifetime_assumed']);
  });
});

describe('a scope', () => {
  it('is the granted one when the answer names it, else the previous one', () => {
    expect(issuedIn(readTokenAnswer({ ...full, scope: 'read' }, contextWith())).scope).toBe('read');
    expect(issuedIn(readTokenAnswer(full, contextWith({ previous: previousToken }))).scope).toBe('read write');
    expect(Object.hasOwn(issuedIn(readTokenAnswer({ ...full, scope: ['x'] }, contextWith())), 'scope')).toBe(false);
  });

  it('holds no control character and no half of a surrogate pair', () => {
    const scopeOf = (scope: string): string | undefined =>
      issuedIn(readTokenAnswer({ ...full, scope }, contextWith({ previous: previousToken }))).scope;
    expect(scopeOf('read\r\nSet-Cookie: a=b')).toBe('read Set-Cookie: a=b');
    expect(scopeOf('\u0000read\ud800write\u001b')).toBe('read write');
    expect(scopeOf('\r\n')).toBe('read write');
  });

  it('that is less than was asked for is warned about', () => {
    const warnings = (requestedScope: string, scope?: string): readonly string[] =>
      warningsIn(readTokenAnswer({ ...full, scope }, contextWith({ requestedScope })));
    expect(warnings('read write', 'read')).toEqual(['scope_reduced']);
    expect(warnings('read write', 'write,read')).toEqual([]);
    expect(warnings(' read  write ', 'more write read')).toEqual([]);
    expect(warnings('read write')).toEqual([]);
  });
});

describe('attributes', () => {
  it('are merged over the previous ones', () => {
    const format = { attributes: { userId: 'user_id', name: 'name' } };
    const context = contextWith({ previous: previousToken });
    expect(issuedIn(readTokenAnswer({ ...full, user_id: 7, name: {} }, context, format)).attributes).toEqual({
      region: 'south',
      userId: '7',
    });
  });
});

describe('a provider with its own names', () => {
  it('is read under them', () => {
    const names = { accessToken: 'token', refreshToken: 'refreshToken', expiresIn: 'expire_in' };
    const answer = { token: 'a', refreshToken: 'r', expire_in: 60 };
    expect(outcomeLaidOpen(readTokenAnswer(answer, contextWith(), { names }))).toEqual({
      _tag: 'Issued',
      token: {
        accessToken: 'a',
        tokenType: 'Bearer',
        refreshToken: 'r',
        obtainedAt: at(0),
        expiresAt: at(60_000),
        attributes: {},
      },
      warnings: [],
    });
  });
});

describe('an issued token', () => {
  it('is frozen, its attributes too', () => {
    const token = issuedIn(readTokenAnswer(full, contextWith()));
    expect([Object.isFrozen(token), Object.isFrozen(token.attributes)]).toEqual([true, true]);
  });
});
