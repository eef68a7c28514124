import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import { makeToken, type TokenParts } from '../../src/domain/token.js';
import { leakedPiece } from './leaked-piece.js';
import { copiedForms, printedForms } from './printed-forms.js';

const text = 'APP_ID-3452-STORE_ID-391250-bf55b2ce';
const obtainedAtMs = Date.UTC(2026, 10, 6, 8, 49, 37, 123);

const parts = (changes: Partial<TokenParts> = {}): TokenParts => ({
  key: 'tray/391250',
  generation: 3,
  accessToken: new Secret(text),
  tokenType: 'Bearer',
  expiresAtMs: obtainedAtMs + 10_800_000,
  obtainedAtMs,
  attributes: { apiHost: 'loja.example.com.br', storeId: '391250' },
  ...changes,
});

const printed = printedForms(makeToken(parts()));
const copied = copiedForms(makeToken(parts()));

describe('makeToken', () => {
  it('carries what it was made of', () => {
    const token = makeToken(parts({ scope: 'read write', refreshTokenExpiresAtMs: obtainedAtMs + 1 }));
    expect(token.key).toBe('tray/391250');
    expect(token.generation).toBe(3);
    expect(token.accessToken.expose()).toBe(text);
    expect(token.tokenType).toBe('Bearer');
    expect(token.scope).toBe('read write');
    expect(token.obtainedAt.toISOString()).toBe('2026-11-06T08:49:37.123Z');
    expect(token.expiresAt.toISOString()).toBe('2026-11-06T11:49:37.123Z');
    expect(token.refreshTokenExpiresAt?.toISOString()).toBe('2026-11-06T08:49:37.124Z');
    expect(token.attributes).toEqual({ apiHost: 'loja.example.com.br', storeId: '391250' });
  });

  it('has no scope and no refresh expiry when the provider named none', () => {
    const token = makeToken(parts());
    expect(token.scope).toBeUndefined();
    expect(token.refreshTokenExpiresAt).toBeUndefined();
  });

  it.each([
    ['Bearer', 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'Bearer'],
    ['DPoP', 'DPoP'],
  ])('writes the authorization header of a token of type %s with the scheme %s', (tokenType, scheme) => {
    expect(makeToken(parts({ tokenType })).authorizationHeader()).toBe(`${scheme} ${text}`);
  });

  it('gives a fresh date every time, so that no one moves an expiry', () => {
    const token = makeToken(parts({ refreshTokenExpiresAtMs: obtainedAtMs + 1 }));
    token.expiresAt.setTime(0);
    token.obtainedAt.setTime(0);
    token.refreshTokenExpiresAt?.setTime(0);
    expect(token.expiresAt.getTime()).toBe(obtainedAtMs + 10_800_000);
    expect(token.obtainedAt.getTime()).toBe(obtainedAtMs);
    expect(token.refreshTokenExpiresAt?.getTime()).toBe(obtainedAtMs + 1);
  });

  it('is frozen, with its attributes', () => {
    const token = makeToken(parts());
    for (const name of ['key', 'generation', 'accessToken', 'expiresAt', 'scope', 'extra']) {
      expect(Reflect.set(token, name, 'changed')).toBe(false);
    }
    expect(Reflect.set(token.attributes, 'apiHost', 'evil.example.net')).toBe(false);
    expect(token.attributes['apiHost']).toBe('loja.example.com.br');
  });

  it('keeps its attributes when those it was made of change', () => {
    const attributes = { apiHost: 'loja.example.com.br' };
    const token = makeToken(parts({ attributes }));
    attributes.apiHost = 'evil.example.net';
    expect(token.attributes).toEqual({ apiHost: 'loja.example.com.br' });
  });

  it.each(Object.keys(printed))('shows no piece of its access token by %s', (form) => {
    expect(leakedPiece(printed[form] ?? text, text)).toBeUndefined();
  });

  it.each(Object.keys(copied))('takes no piece of its access token along by %s', (form) => {
    expect(leakedPiece(copied[form] ?? text, text)).toBeUndefined();
  });

  it('names itself by key and generation', () => {
    expect(printed['String()']).toBe('Token tray/391250 generation 3');
  });

  it('becomes JSON with its times and without its secret', () => {
    expect(JSON.parse(JSON.stringify(makeToken(parts({ scope: 'read' }))))).toEqual({
      key: 'tray/391250',
      generation: 3,
      accessToken: '[secret]',
      tokenType: 'Bearer',
      scope: 'read',
      expiresAt: '2026-11-06T11:49:37.123Z',
      obtainedAt: '2026-11-06T08:49:37.123Z',
      attributes: { apiHost: 'loja.example.com.br', storeId: '391250' },
    });
  });

  it('inspects as the same, so that its expiry can be read in a log', () => {
    expect(inspect(makeToken(parts()))).toContain("accessToken: '[secret]'");
    expect(inspect(makeToken(parts()))).toContain('expiresAt: 2026-11-06T11:49:37.123Z');
  });
});
