import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { stateOf, statusOf, type AccountState, type StateView } from '../../src/domain/account-state.js';
import { attemptTtlMs, attemptWith, failureWith, now, recordWith } from './protocol-fixtures.js';

const view: StateView = { client: 'client-1', epoch: 0, repeatable: false, nowMs: now };
const valid = { accessTokenExpiresAt: now + 1 };
const bare = {
  token: undefined,
  obtainedAt: undefined,
  accessTokenExpiresAt: undefined,
  refreshTokenExpiresAt: undefined,
  renewable: false,
};

describe('the state of an account', () => {
  it.each<readonly [string, Partial<AccountRecord>, AccountState]>([
    ['never authorized', bare, 'unauthorized'],
    ['of a client-credentials key before its first token', { ...bare, renewable: true }, 'ready'],
    ['with a valid access token and a refresh token', valid, 'ready'],
    ['with a valid access token alone', { ...valid, renewable: false }, 'ready'],
    ['with a valid access token and a dead refresh token', { ...valid, refreshTokenExpiresAt: now }, 'ready'],
    ['with a refresh token alone', {}, 'ready'],
    ['with a refresh token that has no known end', { refreshTokenExpiresAt: undefined }, 'ready'],
    ['with a refused access token and a refresh token', { ...valid, invalidated: true }, 'ready'],
    ['with nothing left', { renewable: false }, 'reauthorization_required'],
    [
      'with a refused access token alone',
      { ...valid, invalidated: true, renewable: false },
      'reauthorization_required',
    ],
    ['past the known end of its refresh token, which is a hint', { refreshTokenExpiresAt: now }, 'ready'],
    ['with an attempt under way', { attempt: attemptWith() }, 'renewing'],
    ['with an attempt under way and a valid token', { ...valid, attempt: attemptWith() }, 'renewing'],
    ['with an attempt whose outcome is unknown', { attempt: attemptWith({ unknown: true }) }, 'outcome_unknown'],
    ['with an attempt past its ttl', { attempt: attemptWith({ expiresAt: now }) }, 'outcome_unknown'],
    [
      'with an unknown outcome and a valid token',
      { ...valid, attempt: attemptWith({ unknown: true }) },
      'outcome_unknown',
    ],
    ['whose last renewal failed without a verdict', { failure: failureWith({ retryAt: now + 1 }) }, 'failing'],
    ['whose last renewal failed while its token is valid', { ...valid, failure: failureWith() }, 'ready'],
    ['that is failing and being renewed', { failure: failureWith(), attempt: attemptWith() }, 'failing'],
    ['whose refused token could not be renewed', { ...valid, invalidated: true, failure: failureWith() }, 'failing'],
    [
      'of a client-credentials key whose first request failed',
      { ...bare, renewable: true, failure: failureWith() },
      'failing',
    ],
    ['never authorized, whatever failed', { ...bare, failure: failureWith() }, 'unauthorized'],
  ])('%s', (_case, members, state) => {
    expect(stateOf(recordWith(members), view)).toBe(state);
  });

  it('with a token of another tenant needs a person, unless none is ever needed', () => {
    const isForeign = true;
    expect(stateOf(recordWith(valid), { ...view, isForeign })).toBe('reauthorization_required');
    expect(stateOf(recordWith(valid), { ...view, isForeign, repeatable: true })).toBe('ready');
  });

  it.each(['reauthorization_required', 'client_rejected', 'account_unavailable'] as const)(
    '%s comes before everything else',
    (terminal) => {
      const failure = failureWith({ terminal, clients: ['client-1'], retryAt: now + 1 });
      for (const members of [valid, { attempt: attemptWith() }, { attempt: attemptWith({ unknown: true }) }, bare]) {
        expect(stateOf(recordWith({ ...members, failure }), view)).toBe(terminal);
      }
    },
  );

  it('is no longer client_rejected for another client', () => {
    const failure = failureWith({ terminal: 'client_rejected', clients: ['client-1'] });
    expect(stateOf(recordWith({ failure }), { ...view, client: 'client-2' })).toBe('ready');
  });

  it('is no longer client_rejected when another account of the client has had a token since', () => {
    const failure = failureWith({ terminal: 'client_rejected', clients: ['client-1'], epoch: 4 });
    expect(stateOf(recordWith({ ...valid, failure }), { ...view, epoch: 4 })).toBe('client_rejected');
    expect(stateOf(recordWith({ ...valid, failure }), { ...view, epoch: 5 })).toBe('ready');
  });

  it('stays account_unavailable until the provider says otherwise', () => {
    const failure = failureWith({ terminal: 'account_unavailable', retryAt: now });
    expect(stateOf(recordWith({ failure }), view)).toBe('account_unavailable');
  });

  it('knows no unknown outcome where asking twice does no harm', () => {
    const ended = [attemptWith({ unknown: true }), attemptWith({ expiresAt: now })];
    for (const attempt of ended) {
      expect(stateOf(recordWith({ attempt }), { ...view, repeatable: true })).toBe('ready');
    }
    expect(stateOf(recordWith({ attempt: attemptWith() }), { ...view, repeatable: true })).toBe('renewing');
  });

  it('does not depend on a refresh token where none is needed', () => {
    expect(stateOf(recordWith({ refreshTokenExpiresAt: now }), { ...view, repeatable: true })).toBe('ready');
  });

  it('changes to the moment', () => {
    const record = recordWith({ ...valid, renewable: false, attempt: attemptWith() });
    const at = (nowMs: number) => stateOf(record, { ...view, nowMs });
    expect(at(now + attemptTtlMs - 1)).toBe('renewing');
    expect(at(now + attemptTtlMs)).toBe('outcome_unknown');
    const token = recordWith({ ...valid, renewable: false });
    expect([stateOf(token, { ...view, nowMs: now }), stateOf(token, { ...view, nowMs: now + 1 })]).toEqual([
      'ready',
      'reauthorization_required',
    ]);
  });
});

describe('the status of an account', () => {
  it('says what is known, as dates, and nothing sealed', () => {
    const record = recordWith({
      ...valid,
      failure: failureWith({ code: 'ERR_RATE_LIMITED', at: now - 5, retryAt: now + 7 }),
    });
    const status = statusOf(record, view);
    expect(status).toEqual({
      key: 'shop/1',
      provider: 'shop',
      account: '1',
      generation: 3,
      state: 'ready',
      accessTokenExpiresAt: new Date(now + 1),
      refreshTokenExpiresAt: new Date(now + 86_400_000),
      lastFailure: { code: 'ERR_RATE_LIMITED', at: new Date(now - 5), retryAt: new Date(now + 7), count: 1 },
    });
    expect(JSON.stringify(status)).not.toContain('sealed');
  });

  it('leaves out what is not known', () => {
    expect(Object.keys(statusOf(recordWith(bare), view))).toEqual([
      'key',
      'provider',
      'account',
      'generation',
      'state',
    ]);
    const { lastFailure } = statusOf(recordWith({ failure: failureWith() }), view);
    expect(Object.keys(lastFailure ?? {})).toEqual(['code', 'at', 'count']);
  });

  it('says that a promised refresh token is missing, while an access token without one is held', () => {
    const promised = { ...view, refreshTokenRequired: true };
    const alone = { ...valid, renewable: false };
    expect(statusOf(recordWith(alone), promised)).toMatchObject({ state: 'ready', refreshTokenMissing: true });
    expect(statusOf(recordWith({ renewable: false }), promised)).toMatchObject({
      state: 'reauthorization_required',
      refreshTokenMissing: true,
    });
    for (const status of [
      statusOf(recordWith(alone), view),
      statusOf(recordWith(valid), promised),
      statusOf(recordWith(bare), promised),
    ]) {
      expect(Object.hasOwn(status, 'refreshTokenMissing')).toBe(false);
    }
  });

  it('is frozen', () => {
    const status = statusOf(recordWith({ failure: failureWith() }), view);
    expect([Object.isFrozen(status), Object.isFrozen(status.lastFailure)]).toEqual([true, true]);
  });
});
