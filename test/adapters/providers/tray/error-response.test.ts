import { describe, expect, it } from 'vitest';
import { hasTrayError, classifyTrayError } from '../../../../src/adapters/providers/tray/error-response.js';
import { answerWith, contextWith } from '../../../domain/token-response/answer-fixtures.js';

const judged = (status: number, json?: Readonly<Record<string, unknown>>): unknown =>
  classifyTrayError(answerWith(status, json), contextWith());
const documented = (error_code: unknown): Readonly<Record<string, unknown>> => ({
  code: 401,
  url: '//auth',
  name: 'Unauthorized access',
  error_code,
  causes: ['Token inválido ou expirado'],
});
const refused = {
  _tag: 'Rejected',
  reason: { _tag: 'ReauthorizationRequired', key: 'shop/1', cause: 'invalid_grant' },
};
const rejection = (reason: Readonly<Record<string, unknown>>): unknown => ({
  _tag: 'Rejected',
  reason: { key: 'shop/1', ...reason },
});

describe('an error of Tray', () => {
  it('of 1000 or 1099 ends the grant', () => {
    for (const code of [1000, '1000', 1099, ' 1099 ']) {
      expect(judged(401, documented(code))).toEqual(refused);
      expect(judged(400, documented(code))).toEqual(refused);
    }
  });

  it('of 401 without a documented error_code ends the grant', () => {
    const plugin = { code: 401, message: 'Unauthorized', causes: ['Token expired or invalid'] };
    for (const json of [plugin, {}, documented(1004), documented(null)]) {
      expect(judged(401, json)).toEqual(refused);
    }
  });

  it('of 401 that is no JSON object, such as a page, keeps the grant', () => {
    expect(judged(401)).toEqual(rejection({ _tag: 'RequestRejected', error: 'http_401', status: 401 }));
  });

  it('about the store keeps the grant', () => {
    for (const status of [400, 401, 403]) {
      expect(judged(status, documented(1001))).toEqual(
        rejection({ _tag: 'AccountUnavailable', error: '1001 store blocked' }),
      );
      expect(judged(status, documented('1002'))).toEqual(
        rejection({ _tag: 'AccountUnavailable', error: '1002 store inactive' }),
      );
      expect(judged(status, documented(1003))).toEqual(
        rejection({ _tag: 'AccountUnavailable', error: '1003 store cancelled' }),
      );
    }
  });

  it('of another status rejects the request and keeps the grant', () => {
    for (const status of [400, 403, 404]) {
      for (const json of [undefined, {}, { code: 1000 }, { code: 401 }]) {
        expect(judged(status, json)).toEqual(rejection({ _tag: 'RequestRejected', error: `http_${status}`, status }));
      }
    }
    expect(judged(403, documented(1004))).toEqual(
      rejection({ _tag: 'RequestRejected', error: 'error_code 1004', status: 403 }),
    );
  });

  it('with a 2xx is judged by its error_code', () => {
    expect(judged(200, documented(1000))).toEqual(refused);
    expect(judged(200, { error: 'odd' })).toEqual(
      rejection({ _tag: 'RequestRejected', error: 'unrecognised_error', status: 200 }),
    );
  });
});

describe('a 2xx of Tray', () => {
  it('reports an error by error_code or error, never by its code', () => {
    expect([{ error_code: 1000 }, { error_code: '1099' }, { error: 'x' }].map(hasTrayError)).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      [{ code: 401 }, { error_code: 0 }, { error_code: '' }, { error_code: {} }, { error: null }].map(hasTrayError),
    ).toEqual([false, false, false, false, false]);
  });
});
