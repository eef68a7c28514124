import { describe, expect, it } from 'vitest';
import { classifyOAuthError } from '../../../src/domain/token-response/oauth-error.js';
import { answerWith, contextWith } from './answer-fixtures.js';

const judged = (status: number, json?: Readonly<Record<string, unknown>>, repeatable = false): unknown =>
  classifyOAuthError(answerWith(status, json), contextWith(), { repeatable });
const rejection = (reason: Readonly<Record<string, unknown>>): unknown => ({
  _tag: 'Rejected',
  reason: { key: 'shop/1', ...reason },
});

describe('an error answer', () => {
  it('of invalid_grant ends the grant, with 400 and with 401 alike', () => {
    for (const status of [400, 401, 403, 200]) {
      expect(judged(status, { error: 'invalid_grant', error_description: 'La autorización…' })).toEqual(
        rejection({ _tag: 'ReauthorizationRequired', cause: 'invalid_grant' }),
      );
    }
  });

  it('of invalid_grant asks nobody to authorize where nobody did', () => {
    expect(judged(400, { error: 'invalid_grant' }, true)).toEqual(
      rejection({ _tag: 'RequestRejected', error: 'invalid_grant', status: 400 }),
    );
  });

  it('about the client keeps the grant', () => {
    for (const error of ['invalid_client', 'unauthorized_client']) {
      for (const status of [400, 401]) {
        expect(judged(status, { error })).toEqual(rejection({ _tag: 'ClientRejected', error }));
      }
    }
  });

  it('about the request keeps the grant', () => {
    for (const error of ['invalid_request', 'invalid_scope', 'unsupported_grant_type', 'invalid_target']) {
      expect(judged(400, { error })).toEqual(rejection({ _tag: 'RequestRejected', error, status: 400 }));
    }
  });

  it('of server_error leaves open whether the request was processed', () => {
    expect(judged(400, { error: 'server_error' })).toEqual({ _tag: 'Unknown', why: 'server_error' });
  });

  it('of 401 that is no JSON object is about the client', () => {
    for (const repeatable of [false, true]) {
      expect(judged(401, undefined, repeatable)).toEqual(rejection({ _tag: 'ClientRejected', error: 'http_401' }));
    }
    for (const json of [{}, { message: 'Unauthorized' }]) {
      expect(judged(401, json)).toEqual(rejection({ _tag: 'RequestRejected', error: 'http_401', status: 401 }));
    }
    expect(judged(403)).toEqual(rejection({ _tag: 'RequestRejected', error: 'http_403', status: 403 }));
  });

  it('of 401 whose body was lost may have said anything, and stops no client', () => {
    const lost = { ...answerWith(401), bodyIsLost: true } as const;
    expect(classifyOAuthError(lost, contextWith(), { repeatable: false })).toEqual(
      rejection({ _tag: 'RequestRejected', error: 'http_401', status: 401 }),
    );
  });

  it('without an error that says something is named by its status', () => {
    for (const json of [undefined, {}, { error: '' }, { error: null }, { error: false }]) {
      expect(judged(415, json)).toEqual(rejection({ _tag: 'RequestRejected', error: 'http_415', status: 415 }));
    }
  });

  it('never quotes a name that no standard defines: it might be a secret of the request', () => {
    for (const error of [
      '8618ecbe9a86',
      'tray-consumer-secret',
      'brand_new',
      { code: 'x' },
      7,
      'invalid_scope\u0000',
    ]) {
      expect(judged(400, { error })).toEqual(
        rejection({ _tag: 'RequestRejected', error: 'unrecognised_error', status: 400 }),
      );
    }
  });

  it('takes no error that the object inherits', () => {
    const inherited: Record<string, unknown> = { __proto__: { error: 'invalid_grant' } };
    expect(judged(400, inherited)).toEqual(rejection({ _tag: 'RequestRejected', error: 'http_400', status: 400 }));
  });
});
