import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyTokenResponse } from '../../../src/domain/token-response/classify-token-response.js';
import { classifyTrayResponse } from '../../../src/adapters/providers/tray/classify-token-response.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import { answerWith, contextWith, issuedIn, previousToken, sentAtMs } from './answer-fixtures.js';

const tray = { rules: { allowHttpOnLoopback: false }, apiPath: '/web_api', reuseCode: false } as const;
const steps = ['obtain', 'renew'] as const;

describe('a 2xx without a token', () => {
  const empty = [undefined, {}, { access_token: '' }, { access_token: 7 }, { refresh_token: null }, { code: 401 }];

  it('leaves a renewal unknown', () => {
    for (const json of empty) {
      const why = json === undefined ? 'not_json' : 'no_token';
      const context = contextWith({ previous: previousToken });
      const asked = { step: 'renew', repeatable: false } as const;
      expect(classifyTokenResponse(answerWith(200, json), context, asked)).toEqual({
        _tag: 'Unknown',
        why,
        status: 200,
      });
      expect(classifyTrayResponse(answerWith(200, json), context, { ...tray, step: 'renew' })).toEqual({
        _tag: 'Unknown',
        why,
        status: 200,
      });
    }
  });

  it('is malformed where no refresh token was spent', () => {
    for (const json of empty) {
      const why = json === undefined ? 'not_json' : 'no_token';
      const malformed = {
        _tag: 'Rejected',
        reason: { _tag: 'ResponseMalformed', key: 'shop/1', why, status: 200 },
        status: 200,
      };
      const judged = (step: 'obtain' | 'renew', repeatable: boolean): Outcome =>
        classifyTokenResponse(answerWith(200, json), contextWith(), { step, repeatable });
      expect([judged('obtain', false), judged('obtain', true), judged('renew', true)]).toEqual([
        malformed,
        malformed,
        malformed,
      ]);
      expect(classifyTrayResponse(answerWith(200, json), contextWith(), { ...tray, step: 'obtain' })).toEqual(
        malformed,
      );
    }
  });

  it('is malformed, too, when its only token cannot be used', () => {
    const json = { access_token: 'a', token_type: 'mac' };
    expect(classifyTokenResponse(answerWith(200, json), contextWith(), { step: 'renew', repeatable: true })).toEqual({
      _tag: 'Rejected',
      reason: { _tag: 'ResponseMalformed', key: 'shop/1', why: 'token_type_unknown', status: 200 },
      status: 200,
    });
  });
});

describe('a 2xx with an error', () => {
  it('is judged as the error it reports', () => {
    const dead = {
      _tag: 'Rejected',
      reason: { _tag: 'ReauthorizationRequired', key: 'shop/1', cause: 'invalid_grant' },
      status: 200,
    };
    for (const step of steps) {
      const oauth = answerWith(200, { error: 'invalid_grant' });
      expect(classifyTokenResponse(oauth, contextWith(), { step, repeatable: false })).toEqual({
        ...dead,
        error: 'invalid_grant',
      });
      expect(classifyTrayResponse(answerWith(200, { error_code: 1000 }), contextWith(), { ...tray, step })).toEqual({
        ...dead,
        error: 'error_code 1000',
      });
    }
  });

  it('is believed to have issued the tokens that it carries', () => {
    const json = { access_token: 'a', refresh_token: 'r', error: 'invalid_grant', error_code: 1000 };
    for (const step of steps) {
      const oauth = classifyTokenResponse(answerWith(200, json), contextWith(), { step, repeatable: false });
      expect(issuedIn(oauth).refreshToken?.expose()).toBe('r');
      const trays = classifyTrayResponse(answerWith(200, json), contextWith(), { ...tray, step });
      expect(issuedIn(trays).refreshToken?.expose()).toBe('r');
    }
  });
});

describe('a 5xx', () => {
  it('never ends a grant, whatever its body says', () => {
    for (const json of [{ error: 'invalid_grant' }, { error_code: 1000 }, { access_token: 'a', refresh_token: 'r' }]) {
      for (const step of steps) {
        for (const [status, _tag] of [
          [503, 'Unsent'],
          [500, 'error' in json ? 'Unsent' : 'Unknown'],
        ] as const) {
          const answer = answerWith(status, json);
          expect(classifyTokenResponse(answer, contextWith(), { step, repeatable: false })).toMatchObject({
            _tag,
            status,
          });
          expect(classifyTrayResponse(answer, contextWith(), { ...tray, step })).toMatchObject({ _tag, status });
        }
      }
    }
  });
});

describe('how long a provider asks to wait', () => {
  const after = (
    headers: Readonly<Record<string, string>>,
    status: number,
    json?: Readonly<Record<string, unknown>>,
  ) => {
    const outcome = classifyTokenResponse(
      answerWith(status, json, headers),
      contextWith(),
      { step: 'renew', repeatable: false },
      { retryAfterHeaders: ['X-Retry-After'] },
    );
    const reason = 'reason' in outcome ? outcome.reason : {};
    return [
      outcome._tag,
      'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined,
      'retryAfterMs' in reason ? reason.retryAfterMs : undefined,
    ];
  };

  it.each([
    [429, undefined, 'Unsent', 5_000],
    [503, undefined, 'Unsent', 5_000],
    [302, undefined, 'Unsent', 5_000],
    [501, { error: 'unsupported_grant_type' }, 'Unsent', 5_000],
    [500, undefined, 'Unknown', undefined],
    [408, undefined, 'Unknown', undefined],
    [200, {}, 'Unknown', undefined],
    [400, { error: 'invalid_request' }, 'Rejected', undefined],
    [400, { error: 'invalid_grant' }, 'Rejected', undefined],
    [401, undefined, 'Rejected', undefined],
  ] as const)('goes along with every outcome: %i %j', (status, json, tag, inReason) => {
    const seconds = after({ 'retry-after': '5' }, status, json);
    expect(seconds).toEqual([tag, 5_000, inReason]);
    expect(after({ 'retry-after': new Date(sentAtMs + 5_000).toUTCString() }, status, json)).toEqual(seconds);
    expect(after({ 'x-retry-after': '5', 'retry-after': '60' }, status, json)).toEqual(seconds);
    expect(after({ 'x-retry-after': 'soon', 'retry-after': '5' }, status, json)).toEqual(seconds);
  });

  it('is at most as long as is believed', () => {
    expect(after({ 'retry-after': '999999' }, 503)).toEqual(['Unsent', 3_600_000, 3_600_000]);
  });
});

describe('what the provider said', () => {
  const saidOf = (outcome: Outcome) => ('status' in outcome ? [outcome.status, outcome.error] : []);

  it('goes along by status and name, where the name may be printed', () => {
    const said = (status: number, json?: Readonly<Record<string, unknown>>) =>
      saidOf(classifyTokenResponse(answerWith(status, json), contextWith(), { step: 'renew', repeatable: false }));
    expect(said(400, { error: 'invalid_refresh_token' })).toEqual([400, 'invalid_refresh_token']);
    expect(said(500, { error: 'server_error' })).toEqual([500, 'server_error']);
    expect(said(429, { error: 'too_many_requests' })).toEqual([429, 'too_many_requests']);
    expect(said(400, { error: '8618ecbe9a86' })).toEqual([400, undefined]);
    expect(said(503)).toEqual([503, undefined]);
  });

  it('is a number of Tray', () => {
    const said = (status: number, json?: Readonly<Record<string, unknown>>) =>
      saidOf(classifyTrayResponse(answerWith(status, json), contextWith(), { ...tray, step: 'renew' }));
    expect(said(401, { error_code: 1099 })).toEqual([401, 'error_code 1099']);
    expect(said(502)).toEqual([502, undefined]);
  });
});

describe('a refused renewal without a verdict', () => {
  const hintOf = (step: 'obtain' | 'renew', repeatable: boolean) => {
    const outcome = classifyTokenResponse(answerWith(400, { error: 'invalid_request' }), contextWith(), {
      step,
      repeatable,
    });
    return outcome._tag === 'Rejected' && 'hint' in outcome.reason ? outcome.reason.hint : undefined;
  };

  it('hints at a dead refresh token, where one was sent', () => {
    expect(hintOf('renew', false)).toBe('dead_refresh_token');
    expect([hintOf('obtain', false), hintOf('renew', true)]).toEqual([undefined, undefined]);
  });
});

const odd = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    1e308,
    '1e400',
    -1,
    0,
    '',
    undefined,
    'Bearer',
    '2026-03-21 15:00:00',
  ),
  fc.constantFrom('invalid_grant', 'invalid_client', 1000, '1001', '9999-12-31 23:59:59', 'https://loja.test/web_api'),
);
const names = [
  'access_token',
  'refresh_token',
  'token_type',
  'expires_in',
  'scope',
  'refresh_token_expires_in',
  'error',
  'error_code',
  'code',
  'store_id',
  'api_host',
  'date_activated',
  '__proto__',
  'user_id',
  'date_expiration_access_token',
  'date_expiration_refresh_token',
];
const body = fc.option(fc.dictionary(fc.constantFrom(...names), odd), { nil: undefined });
const status = fc.oneof(
  fc.integer({ min: 200, max: 599 }),
  fc.constantFrom(200, 201, 400, 401, 429, 500, 0, Number.NaN),
);
const headers = fc.record(
  { date: fc.oneof(fc.string(), fc.constant('Sat, 21 Mar 2026 15:00:00 GMT')), 'retry-after': fc.string() },
  { requiredKeys: [] },
);
const numbers = fc.option(fc.double(), { nil: undefined });
const context = fc
  .record({ documentedLifetimeMs: numbers, documentedRefreshLifetimeMs: numbers, defaultLifetimeMs: fc.double() })
  .chain((members) =>
    fc.constantFrom(undefined, previousToken).map((previous) => contextWith({ ...members, previous })),
  );
const judgements = fc
  .record({ status, body, headers, context, step: fc.constantFrom(...steps), repeatable: fc.boolean() })
  .map((input) => {
    const answer = answerWith(input.status, input.body, input.headers);
    const format = { attributes: { userId: 'user_id' } };
    return {
      ...input,
      outcomes: [
        classifyTokenResponse(answer, input.context, input, { answer: format }),
        classifyTrayResponse(answer, input.context, { ...tray, step: input.step }),
      ],
    };
  });

describe('judging any answer', () => {
  it('never throws and never makes an invalid Date', () => {
    fc.assert(
      fc.property(judgements, ({ outcomes }) => {
        for (const outcome of outcomes) {
          if (outcome._tag !== 'Issued') continue;
          const { obtainedAt, expiresAt, refreshTokenExpiresAt } = outcome.token;
          expect(expiresAt.getTime()).toBeGreaterThan(obtainedAt.getTime());
          expect(expiresAt.getTime() - obtainedAt.getTime()).toBeLessThanOrEqual(36_500 * 86_400_000);
          expect(Number.isNaN(refreshTokenExpiresAt?.getTime() ?? 0)).toBe(false);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('never costs a refresh token', () => {
    fc.assert(
      fc.property(judgements, fc.string({ minLength: 1, unit: 'binary' }), (input, refresh_token) => {
        const answer = answerWith(200, { ...input.body, refresh_token });
        const oauth = classifyTokenResponse(answer, input.context, input);
        const trays = classifyTrayResponse(answer, input.context, { ...tray, step: input.step });
        expect(issuedIn(oauth).refreshToken?.expose()).toBe(refresh_token);
        expect(issuedIn(trays).refreshToken?.expose()).toBe(refresh_token);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps the old refresh token whenever it issues without a new one', () => {
    fc.assert(
      fc.property(judgements, ({ outcomes, context: { previous }, body: json }) => {
        const answered = json !== undefined && Object.hasOwn(json, 'refresh_token') ? json['refresh_token'] : undefined;
        const own = typeof answered === 'string' && answered !== '' ? answered : undefined;
        for (const outcome of outcomes) {
          if (outcome._tag !== 'Issued') continue;
          expect(outcome.token.refreshToken?.expose()).toBe(own ?? previous?.refreshToken?.expose());
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends a grant only by a 4xx or a 2xx', () => {
    fc.assert(
      fc.property(judgements, (input) => {
        const dead = input.outcomes.some(
          (outcome) => outcome._tag === 'Rejected' && outcome.reason._tag === 'ReauthorizationRequired',
        );
        const final = (input.status >= 200 && input.status < 300) || (input.status >= 400 && input.status < 500);
        expect(dead && !final).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts no text of the answer into an error, unless it looks like a name', () => {
    const secret = fc.string({ minLength: 8, maxLength: 80, unit: fc.constantFrom('0', '1', '7', '9', 'a', 'b', 'f') });
    fc.assert(
      fc.property(
        secret.filter((text) => /\d/.test(text)),
        status,
        fc.constantFrom(...steps),
        (text, code, step) => {
          const json = Object.fromEntries(names.filter((name) => !name.endsWith('_token')).map((name) => [name, text]));
          const answer = answerWith(code, json);
          const outcomes = [
            classifyTokenResponse(answer, contextWith(), { step, repeatable: false }),
            classifyTrayResponse(answer, contextWith(), { ...tray, step }),
          ];
          expect(JSON.stringify(outcomes)).not.toContain(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
