import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proveClient } from '../../../src/adapters/grants/client-authentication.js';
import { Secret } from '../../../src/domain/secret.js';

const client = (clientId: string, secret: string) => ({ clientId, clientSecret: new Secret(secret) });
const decoded = (header: string | undefined): string =>
  Buffer.from((header ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');

describe('a client', () => {
  it('proves itself in the body', () => {
    expect(proveClient('post', client('id', 's:e&c'))).toEqual({
      form: [
        ['client_id', 'id'],
        ['client_secret', 's:e&c'],
      ],
      headers: {},
    });
  });

  it('proves itself with form-encoded Basic (RFC 6749 §2.3.1)', () => {
    const proof = proveClient('basic', client('a b:ñ', 'p+%/='));
    expect(proof.form).toEqual([]);
    expect(decoded(proof.headers['Authorization'])).toBe('a+b%3A%C3%B1:p%2B%25%2F%3D');
  });

  it('writes the punctuation that encoders disagree about as RFC 6749 Appendix B has it, so that it decodes to itself', () => {
    const proof = proveClient('basic', client("-._~!*'()", ' +&%'));
    expect(decoded(proof.headers['Authorization'])).toBe('-._%7E%21*%27%28%29:+%2B%26%25');
  });

  it('proves itself with Basic over raw UTF-8', () => {
    const proof = proveClient('basic-unencoded', client('id', 'clé+€'));
    expect(proof).toEqual({ form: [], headers: { Authorization: 'Basic aWQ6Y2zDqSvigqw=' } });
  });

  it('is told apart from any other by form-encoded Basic', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (id, secret) => {
        const [first = '', second = '', ...more] = decoded(
          proveClient('basic', client(id, secret)).headers['Authorization'],
        ).split(':');
        const plain = (part: string): string => new URLSearchParams(`x=${part}`).get('x') ?? '';
        expect([plain(first), plain(second), more]).toEqual([id, secret, []]);
      }),
    );
  });
});
