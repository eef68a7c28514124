import { describe, expect, it } from 'vitest';
import { LlaveroError } from '../../src/app/llavero-error.js';
import { tokenError } from '../../src/domain/token-error.js';
import { leakedPiece } from '../domain/leaked-piece.js';
import { printedForms } from '../domain/printed-forms.js';
import {
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  hourMs,
  trayKey,
} from './llavero-fixture.js';
import { canary, secretsOf } from './provider-answers.js';

describe('a LlaveroError', () => {
  it('has what it can say as its own properties, and nothing else', () => {
    const reason = tokenError('RateLimited', { key: centryKey, retryAfterMs: 5 });
    const error = new LlaveroError(reason);
    expect(Object.getOwnPropertyNames(error).toSorted()).toEqual(
      ['code', 'key', 'message', 'reason', 'retryAfterMs', 'retryable', 'stack'].toSorted(),
    );
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      code: 'ERR_RATE_LIMITED',
      retryable: true,
      retryAfterMs: 5,
      key: centryKey,
      reason,
    });
  });

  it('leaves out the key and the wait where there are none', () => {
    const error = new LlaveroError(tokenError('StateMismatch', { why: 'missing' }));
    expect(Object.keys(error).toSorted()).toEqual(['code', 'reason', 'retryable']);
    expect(['key' in error, 'retryAfterMs' in error, 'cause' in error]).toEqual([false, false, false]);
  });

  it('is an Error with a name of its own, which no instance can hide', () => {
    const error = new LlaveroError(tokenError('Aborted', { key: centryKey }));
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('LlaveroError');
    expect(String(error)).toBe(`LlaveroError: ${error.message}`);
    expect(error.stack).toContain('LlaveroError');
  });

  it('carries its reason as frozen, tagged data', () => {
    const error = new LlaveroError(tokenError('Aborted', { key: centryKey }));
    expect(error.reason).toEqual({ _tag: 'Aborted', key: centryKey });
    expect(Object.isFrozen(error.reason)).toBe(true);
  });
});

const secrets = [
  `${canary}-centry-secret`,
  `${canary}-tray-secret`,
  `${canary}-code`,
  `${canary}-installation`,
  secretsOf(1).access,
  secretsOf(1).refresh,
];

/** The forms of an error that show a piece of a secret, with the piece. */
const leaksOf = (error: LlaveroError): readonly string[] =>
  Object.entries(printedForms(error)).flatMap(([form, text]) =>
    secrets.flatMap((secret) => {
      const piece = leakedPiece(text, secret);
      return piece === undefined ? [] : [`${form}: ${piece}`];
    }),
  );

describe('what an error shows', () => {
  it.each([
    [{ status: 400, json: { error: `invalid ${secretsOf(1).refresh}` } }],
    [{ status: 400, json: { error: 'invalid_grant', error_description: `token ${secretsOf(1).refresh} is dead` } }],
    [{ status: 400, json: { error: secretsOf(1).refresh } }],
    [{ status: 503, json: { message: secretsOf(1).access } }],
    [{ status: 200, json: { token: secretsOf(1).access } }],
    [{ status: 401, json: { error: 'invalid_client', client_secret: `${canary}-centry-secret` } }],
  ])('is no secret, whatever the provider quotes (%#)', async (answer) => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => answer);
    const first = await failureOf(llavero.token(centryKey));
    const stored = await failureOf(llavero.token(centryKey));
    const exchanged = await failureOf(llavero.exchange(centryKey, { code: `${canary}-code` }));
    expect([first, stored, exchanged].flatMap(leaksOf)).toEqual([]);
  });

  it('is no secret of Tray, whose tokens travel in the query', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.handle(() => ({ status: 401, json: { error_code: 1000, causes: [`refresh_token=${secretsOf(1).refresh}`] } }));
    expect(leaksOf(await failureOf(llavero.token(trayKey)))).toEqual([]);
  });

  it('is no state and no code of a callback that was refused', async () => {
    const { llavero } = await authorizedCentry();
    const { state } = await llavero.authorize(centryKey);
    const error = await failureOf(llavero.callback(`?error=${state}-${canary}-code&state=${state}`));
    expect(leaksOf(error)).toEqual([]);
    expect(error.message).not.toContain(state);
    expect(await codeOf(llavero.callback(`?code=${canary}-code&state=${state}`))).toBe('ERR_STATE_MISMATCH');
  });
});
