import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { left, right } from 'fp-ts/lib/Either.js';
import { aesGcmCipher } from '../../../src/adapters/crypto/aes-gcm-cipher.js';
import { plaintextCipher } from '../../../src/adapters/crypto/plaintext-cipher.js';
import type { SealBinding } from '../../../src/ports/cipher.js';
import { anyText } from '../../domain/any-text.js';

const binding: SealBinding = { namespace: 'llavero', key: 'tray/391250', field: 'token' };
const cipher = plaintextCipher();

describe('plaintextCipher', () => {
  it('leaves the text in clear behind its own prefix', async () => {
    expect(await cipher.seal('a "text"', binding)()).toEqual(
      right('plain.["llavero","tray/391250","token","a \\"text\\""]'),
    );
  });

  it('opens what it wrote, under that binding', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.string(), async (text, key) => {
        const sealed = await cipher.seal(text, { ...binding, key })();
        expect(await cipher.open(sealed._tag === 'Right' ? sealed.right : '', { ...binding, key })()).toEqual(
          right(text),
        );
      }),
    );
  });

  it.each([
    { ...binding, namespace: 'other' },
    { ...binding, key: 'tray/391251' },
    { ...binding, field: 'credential' },
  ] as const)('opens nothing under the binding %j', async (other) => {
    expect(await cipher.open('plain.["llavero","tray/391250","token","x"]', other)()).toEqual(
      left({ _tag: 'CipherFailure', why: 'failed_tag', keyId: '(plaintext)' }),
    );
  });

  it.each([
    '',
    'x',
    '{"accessToken":"x"}',
    '["llavero","tray/391250","token","x"]',
    'plain',
    'Plain.["llavero","tray/391250","token","x"]',
    'lv1.',
    'lv1.a',
  ])('says that %j is not sealed', async (sealed) => {
    expect(await cipher.open(sealed, binding)()).toEqual(left({ _tag: 'CipherFailure', why: 'not_sealed' }));
    expect(cipher.keyIdOf(sealed)).toBeUndefined();
  });

  it.each([
    'plain.',
    'plain.x',
    'plain.[',
    'plain.null',
    'plain.["llavero","tray/391250","token"]',
    'plain.["llavero","tray/391250","token",1]',
    'plain.["llavero","tray/391250","token","x","y"]',
    'plain.{"3":"x"}',
  ])('says that %j cannot be read', async (sealed) => {
    expect(await cipher.open(sealed, binding)()).toEqual(
      left({ _tag: 'CipherFailure', why: 'unreadable', keyId: '(plaintext)' }),
    );
  });

  it.each(['plain. ["llavero","tray/391250","token","x"]', 'plain.["llavero","tray/391250","token","\\u0078"]'])(
    'opens one spelling of a value only, not %j',
    async (sealed) => {
      expect(await cipher.open(sealed, binding)()).toEqual(
        left({ _tag: 'CipherFailure', why: 'failed_tag', keyId: '(plaintext)' }),
      );
    },
  );

  it('takes no sealed value for plaintext, and is taken for none by a cipher that seals', async () => {
    const sealing = aesGcmCipher({ keys: [{ id: 'plaintext', secret: Buffer.alloc(32, 1).toString('base64') }] });
    const sealed = await sealing.seal('x', binding)();
    expect(sealed._tag).toBe('Right');
    const value = sealed._tag === 'Right' ? sealed.right : '';
    expect(await cipher.open(value, binding)()).toEqual(
      left({ _tag: 'CipherFailure', why: 'unknown_key_id', keyId: 'plaintext' }),
    );
    expect(await sealing.open('plain.["llavero","tray/391250","token","x"]', binding)()).toEqual(
      left({ _tag: 'CipherFailure', why: 'not_sealed' }),
    );
  });

  it('has a key id that no encryption key can have', () => {
    expect(cipher.newestKeyId).toBe('(plaintext)');
    expect(cipher.keyIds).toEqual(['(plaintext)']);
    expect(cipher.keyIdOf('plain.["llavero","tray/391250","token","x"]')).toBe('(plaintext)');
    expect(cipher.keyIdOf('lv1.2026-11.AAAA')).toBe('2026-11');
    expect(() =>
      aesGcmCipher({ keys: [{ id: cipher.newestKeyId, secret: Buffer.alloc(32, 1).toString('base64') }] }),
    ).toThrow(TypeError);
  });
});
