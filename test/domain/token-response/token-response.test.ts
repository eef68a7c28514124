import { describe, expect, it } from 'vitest';
import { readTokenAnswer } from '../../../src/domain/token-response/token-response.js';
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

  it('that is repeated unchanged keeps its end, unless the answer names another', () => {
    const again = { ...full, refresh_token: 'old-refresh' };
    const context = contextWith({ previous: previousToken, documentedRefreshLifetimeMs: 1e12 });
    expect(issuedIn(readTokenAnswer(again, context)).refreshTokenExpiresAt).toEqual(
      previousToken.refreshTokenExpiresAt,
    );
    const named = readTokenAnswer({ ...again, refresh_token_expires_in: 60 }, context);
    expect(issuedIn(named).refreshTokenExpiresAt).toEqual(at(60_000));
    const { refreshTokenExpiresAt: _, ...endless } = previousToken;
    const unknown = readTokenAnswer(again, contextWith({ previous: endless, documentedRefreshLifetimeMs: 1e12 }));
    expect(issuedIn(unknown).refreshTokenExpiresAt).toBe(undefined);
  });

  it('that was kept or repeated past its known end has the documented life again: it has just been used', () => {
    const previous = { ...previousToken, refreshTokenExpiresAt: at(0) };
    for (const refresh_token of [undefined, 'old-refresh']) {
      const end = (documentedRefreshLifetimeMs?: number) =>
        issuedIn(readTokenAnswer({ ...full, refresh_token }, contextWith({ previous, documentedRefreshLifetimeMs })))
          .refreshTokenExpiresAt;
      expect([end(5_000), end()]).toEqual([at(5_000), undefined]);
    }
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

  it('is Bearer when its type is one that the provider means it by', () => {
    const format = { bearerTypes: ['User Access Token', 'bot'] };
    for (const token_type of ['User Access Token', 'user access token', 'bot', 'BOT']) {
      const outcome = readTokenAnswer({ ...full, token_type }, contextWith(), format);
      expect([issuedIn(outcome).tokenType, issuedIn(outcome).accessToken?.expose()]).toEqual(['Bearer', 'new-access']);
      expect(warningsIn(outcome)).toEqual([]);
    }
    expect(warningsIn(readTokenAnswer({ ...full, token_type: 'mac' }, contextWith(), format))).toEqual([
      'token_type_unknown',
    ]);
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

  it('of ten years is believed, and never longer than 100', () => {
    expect(life(10 * 365 * 86_400)).toBe(10 * 365 * 86_400_000);
    expect(life(1e300)).toBe(36_500 * 86_400_000);
    expect(life(undefined, { documentedLifetimeMs: 1e300 })).toBe(36_500 * 86_400_000);
  });

  it('of nothing is a second, whatever is documented, and nothing to warn about', () => {
    for (const nothing of [0, -0, '0', '0.0']) {
      const context = { documentedLifetimeMs: 7_200_000, previous: previousToken };
      expect(life(nothing, context)).toBe(1_000);
      expect(warningsIn(readTokenAnswer({ ...full, expires_in: nothing }, contextWith(context)))).toEqual([]);
    }
  });

  it('that is nonsense is the documented one, else the previous one, else the default', () => {
    for (const nonsense of [undefined, null, -1, Number.NaN, Infinity, '', '1e400', 'soon', {}, []]) {
      expect(life(nonsense, { documentedLifetimeMs: 9_000, previous: previousToken })).toBe(9_000);
      expect(life(nonsense, { previous: previousToken })).toBe(7_200_000);
      expect(life(nonsense)).toBe(3_600_000);
    }
  });

  it('is assumed past numbers that are none', () => {
    const dead = { ...previousToken, expiresAt: previousToken.obtainedAt };
    expect(life('?', { documentedLifetimeMs: Number.NaN, previous: dead, defaultLifetimeMs: 0 })).toBe(3_600_000);
  });

  it('is not assumed to be what was left of a token that was handed out before', () => {
    const short = { ...previousToken, expiresAt: new Date(previousToken.obtainedAt.getTime() + 59_999) };
    expect(life('?', { previous: short })).toBe(3_600_000);
  });

  it('that was assumed is warned about', () => {
    for (const expires_in of [-1, undefined]) {
      expect(warningsIn(readTokenAnswer({ ...full, expires_in }, contextWith()))).toEqual(['lifetime_assumed']);
    }
  });
});

describe('the same access token again', () => {
  const again = (expires_in: unknown, members: Partial<Parameters<typeof contextWith>[0]> = {}) =>
    readTokenAnswer(
      { ...full, access_token: 'old-access', expires_in },
      contextWith({ previous: previousToken, documentedLifetimeMs: 7_200_000, ...members }),
    );

  it('keeps its end when the answer names none', () => {
    for (const nothing of [undefined, null, -1, 'soon']) {
      expect(issuedIn(again(nothing)).expiresAt).toEqual(previousToken.expiresAt);
      expect(warningsIn(again(nothing))).toEqual([]);
    }
  });

  it('has the later of its known end and the one that the answer states', () => {
    expect(issuedIn(again(7_200)).expiresAt).toEqual(at(7_200_000));
    for (const earlier of [60, 0]) expect(issuedIn(again(earlier)).expiresAt).toEqual(previousToken.expiresAt);
    const passed = { ...previousToken, expiresAt: at(-1) };
    expect(issuedIn(again(60, { previous: passed })).expiresAt).toEqual(at(60_000));
  });

  it('lives on as assumed when its known end has passed: it was handed out as a good one', () => {
    for (const expiresAt of [at(0), at(-1)]) {
      const outcome = again(undefined, { previous: { ...previousToken, expiresAt } });
      expect(issuedIn(outcome).expiresAt).toEqual(at(7_200_000));
      expect(warningsIn(outcome)).toEqual(['lifetime_assumed']);
    }
  });

  it('is told apart from another one', () => {
    const outcome = readTokenAnswer(
      { ...full, expires_in: undefined },
      contextWith({ previous: previousToken, documentedLifetimeMs: 9_000_000 }),
    );
    expect(issuedIn(outcome).expiresAt).toEqual(at(9_000_000));
  });
});

describe('a scope', () => {
  it('is the granted one when the answer names it, else the previous one', () => {
    expect(issuedIn(readTokenAnswer({ ...full, scope: 'read' }, contextWith())).scope).toBe('read');
    expect(issuedIn(readTokenAnswer(full, contextWith({ previous: previousToken }))).scope).toBe('read write');
    for (const scope of [7, {}, [], [7], '', null]) {
      expect(Object.hasOwn(issuedIn(readTokenAnswer({ ...full, scope }, contextWith())), 'scope')).toBe(false);
    }
  });

  it('that is a list is joined', () => {
    const outcome = readTokenAnswer(
      { ...full, scope: ['read', 'write'] },
      contextWith({ requestedScope: 'write read' }),
    );
    expect([issuedIn(outcome).scope, warningsIn(outcome)]).toEqual(['read write', []]);
    expect(
      warningsIn(readTokenAnswer({ ...full, scope: ['read'] }, contextWith({ requestedScope: 'read all' }))),
    ).toEqual(['scope_reduced']);
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
