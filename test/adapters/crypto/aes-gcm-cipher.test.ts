import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { aesGcmCipher } from '../../../src/adapters/crypto/aes-gcm-cipher.js';
import type { Cipher, CipherFailure, SealBinding } from '../../../src/ports/cipher.js';
import { leakedPiece } from '../../domain/leaked-piece.js';
import { printedForms } from '../../domain/printed-forms.js';

const bytes = (fill: number): Buffer => Buffer.alloc(32, fill);
const old = { id: '2025-01', secret: bytes(0xfb).toString('base64') } as const;
const fresh = { id: '2026-11', secret: bytes(0xfe).toString('base64url') } as const;
const binding: SealBinding = { namespace: 'llavero', key: 'tray/391250', field: 'token' };
const text = '{"accessToken":"APP_ID-3452-STORE_ID-391250-bf55b2ce"}';

const seal = async (cipher: Cipher, what = text, bound = binding): Promise<string> => {
  const sealed = await cipher.seal(what, bound)();
  return sealed._tag === 'Right' ? sealed.right : `not sealed: ${sealed.left.why}`;
};
const open = (cipher: Cipher, sealed: string, bound = binding): Promise<Either<CipherFailure, string>> =>
  cipher.open(sealed, bound)();
const failure = (why: CipherFailure['why'], keyId?: string): Either<CipherFailure, string> =>
  left({ _tag: 'CipherFailure', why, ...(keyId === undefined ? {} : { keyId }) });

const cipher = aesGcmCipher({ keys: [fresh, old] });

/** A sealed text with its body changed. */
const changed = (sealed: string, change: (body: Buffer) => Buffer): string => {
  const [version = '', keyId = '', body = ''] = sealed.split('.');
  return [version, keyId, change(Buffer.from(body, 'base64url')).toString('base64url')].join('.');
};
const flipped = (body: Buffer, at: number): Buffer => {
  const copy = Buffer.from(body);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

describe('aesGcmCipher', () => {
  it.each(['', 'x', text, 'Ação 🔑\u0000\n', 'x'.repeat(1_000_000)])('opens what it sealed (case %#)', async (what) => {
    expect(await open(cipher, await seal(cipher, what))).toEqual(right(what));
  });

  it('opens any well-formed text under any binding', async () => {
    const anyBinding = fc.record({
      namespace: fc.string(),
      key: fc.string(),
      field: fc.constantFrom('credential', 'token', 'pending', 'key_check'),
    });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), anyBinding, async (what, bound) => {
        expect(await open(cipher, await seal(cipher, what, bound), bound)).toEqual(right(what));
      }),
    );
  });

  it('refuses to seal half a surrogate pair, which would not open as it was', async () => {
    expect(await cipher.seal('a\ud800b', binding)()).toEqual(failure('unreadable', '2026-11'));
  });

  it('writes the version, the key id, and IV, ciphertext and tag in base64url', async () => {
    const [version, keyId, encoded = '', ...rest] = (await seal(cipher)).split('.');
    expect([version, keyId, rest]).toEqual(['lv1', '2026-11', []]);
    expect(encoded).toMatch(/^[A-Za-z0-9_-]+$/);
    const body = Buffer.from(encoded, 'base64url');
    expect(body.length).toBe(12 + Buffer.byteLength(text) + 16);
    const decipher = createDecipheriv('aes-256-gcm', bytes(0xfe), body.subarray(0, 12));
    decipher.setAAD(Buffer.from('["lv1.","llavero","tray/391250","token","2026-11"]'));
    decipher.setAuthTag(body.subarray(-16));
    expect(decipher.update(body.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(text);
  });

  it('opens what an earlier release sealed', async () => {
    const sealed = 'lv1.2026-11.Xtw76UFjhV5mmscQyRTu0g5vuaBQFlSFhMupiEJ2g-ulmA';
    expect(await open(cipher, sealed)).toEqual(right('golden'));
  });

  it('shows no piece of the text, and never seals alike', async () => {
    const sealed = await Promise.all(Array.from({ length: 100 }, () => seal(cipher)));
    expect(new Set(sealed).size).toBe(100);
    expect(new Set(sealed.map((each) => each.slice(0, 'lv1.2026-11.'.length + 16))).size).toBe(100);
    expect(
      leakedPiece(
        sealed.map((each) => atob(each.split('.')[2]?.replace(/-/g, '+').replace(/_/g, '/') ?? '')).join('\n'),
        text,
      ),
    ).toBeUndefined();
  });

  it('seals afresh each time a task runs', async () => {
    const task = cipher.seal(text, binding);
    expect(await task()).not.toEqual(await task());
  });

  it('seals with the first key and opens with all', async () => {
    const before = aesGcmCipher({ keys: [old] });
    expect(cipher.newestKeyId).toBe('2026-11');
    expect(cipher.keyIds).toEqual(['2026-11', '2025-01']);
    expect(cipher.keyIdOf(await seal(cipher))).toBe('2026-11');
    expect(await open(cipher, await seal(before))).toEqual(right(text));
    expect(await open(before, await seal(cipher))).toEqual(failure('unknown_key_id', '2026-11'));
  });

  it('takes keys in base64 with and without padding and in base64url alike', async () => {
    const ids = ['a', 'b', 'c'];
    const spellings = [
      bytes(0xfb).toString('base64'),
      bytes(0xfb).toString('base64').replace('=', ''),
      bytes(0xfb).toString('base64url'),
    ];
    for (const [index, secret] of spellings.entries()) {
      const id = ids[index] ?? '';
      const one = aesGcmCipher({ keys: [{ id, secret }] });
      const other = aesGcmCipher({ keys: [{ id, secret: bytes(0xfb).toString('base64') }] });
      expect(await open(other, await seal(one))).toEqual(right(text));
    }
  });

  it.each([
    { ...binding, namespace: 'llavero2' },
    { ...binding, namespace: '' },
    { ...binding, key: 'tray/391251' },
    { ...binding, key: 'Tray/391250' },
    { ...binding, field: 'credential' },
    { ...binding, field: 'pending' },
    { ...binding, field: 'key_check' },
  ] as const)('opens nothing under the binding %j', async (other) => {
    expect(await open(cipher, await seal(cipher), other)).toEqual(failure('failed_tag', '2026-11'));
  });

  it.each([
    [
      { namespace: 'a', key: 'b/c', field: 'token' },
      { namespace: 'a/b', key: 'c', field: 'token' },
    ],
    [
      { namespace: 'a","b', key: 'c', field: 'token' },
      { namespace: 'a', key: 'b","c', field: 'token' },
    ],
    [
      { namespace: 'a\u0000', key: 'b', field: 'token' },
      { namespace: 'a', key: '\u0000b', field: 'token' },
    ],
    [
      { namespace: '', key: 'ab', field: 'token' },
      { namespace: 'ab', key: '', field: 'token' },
    ],
    [
      { namespace: '\ud800', key: 'a', field: 'token' },
      { namespace: '\ud801', key: 'a', field: 'token' },
    ],
    [
      { namespace: 'é', key: 'a', field: 'token' },
      { namespace: 'e\u0301', key: 'a', field: 'token' },
    ],
  ] as const)('keeps the bindings %j and %j apart', async (one, other) => {
    expect(await open(cipher, await seal(cipher, text, one), other)).toEqual(failure('failed_tag', '2026-11'));
  });

  it('does not open under another key of the same id', async () => {
    const impostor = aesGcmCipher({ keys: [{ id: '2026-11', secret: bytes(1).toString('base64') }] });
    expect(await open(impostor, await seal(cipher))).toEqual(failure('failed_tag', '2026-11'));
  });

  it('does not open under another id of the same key', async () => {
    const twins = aesGcmCipher({
      keys: [
        { ...fresh, id: 'a' },
        { ...fresh, id: 'b' },
      ],
    });
    const sealed = await seal(twins);
    expect(await open(twins, sealed.replace('lv1.a.', 'lv1.b.'))).toEqual(failure('failed_tag', 'b'));
  });

  it('does not open when any one bit has changed', async () => {
    const sealed = await seal(cipher, 'short');
    for (let at = 0; at < 12 + 5 + 16; at += 1) {
      expect(
        await open(
          cipher,
          changed(sealed, (body) => flipped(body, at)),
        ),
      ).toEqual(failure('failed_tag', '2026-11'));
    }
  });

  it('does not take a part of a tag for the whole', async () => {
    const sealed = await seal(cipher);
    for (let cut = 1; cut <= 16; cut += 1) {
      expect(
        await open(
          cipher,
          changed(sealed, (body) => body.subarray(0, -cut)),
        ),
      ).toEqual(failure('failed_tag', '2026-11'));
    }
  });

  it('does not open what is too short to be anything', async () => {
    const sealed = await seal(cipher, '');
    for (const length of [1, 12, 16, 27]) {
      expect(
        await open(
          cipher,
          changed(sealed, (body) => body.subarray(0, length)),
        ),
      ).toEqual(failure('unreadable', '2026-11'));
    }
  });

  it('does not open what has something added', async () => {
    const sealed = await seal(cipher);
    expect(
      await open(
        cipher,
        changed(sealed, (body) => Buffer.concat([body, Buffer.of(0)])),
      ),
    ).toEqual(failure('failed_tag', '2026-11'));
    expect(await open(cipher, `${sealed}=`)).toEqual(failure('unreadable'));
    expect(await open(cipher, `${sealed}\n`)).toEqual(failure('unreadable'));
    expect(await open(cipher, `${sealed}.x`)).toEqual(failure('unreadable'));
    expect(await open(cipher, ` ${sealed}`)).toEqual(failure('not_sealed'));
  });

  it.each([
    ['', 15],
    ['a', 3],
  ])('opens one of the spellings that base64url has for the sealed %j', async (what, strayBits) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sealed = await seal(cipher, what);
    const last = alphabet.indexOf(sealed.slice(-1));
    for (let stray = 1; stray <= strayBits; stray += 1) {
      const respelled = sealed.slice(0, -1) + (alphabet[last + stray] ?? '');
      expect(Buffer.from(respelled.slice(12), 'base64url')).toEqual(Buffer.from(sealed.slice(12), 'base64url'));
      expect(await open(cipher, respelled)).toEqual(failure('unreadable', '2026-11'));
    }
    expect(await open(cipher, sealed)).toEqual(right(what));
  });

  it.each([
    '',
    'x',
    'lv1',
    'LV1.2026-11.AAAA',
    'lv2.2026-11.AAAA',
    'plain.["a","b","token","x"]',
    text,
    'v1.2026-11.AAAA',
  ])('says that %j is not sealed, rather than taking it for plaintext', async (what) => {
    expect(await open(cipher, what)).toEqual(failure('not_sealed'));
    expect(cipher.keyIdOf(what)).toBeUndefined();
  });

  it.each([
    'lv1.',
    'lv1..',
    'lv1.2026-11',
    'lv1.2026-11.',
    'lv1..AAAA',
    'lv1.a b.AAAA',
    `lv1.${'k'.repeat(65)}.AAAA`,
    'lv1.2026-11.A+/A',
    'lv1.2026-11.AA==',
  ])('says that %j cannot be read', async (what) => {
    expect(await open(cipher, what)).toEqual(failure('unreadable'));
    expect(cipher.keyIdOf(what)).toBeUndefined();
  });

  it('names the key of a sealed value without having it', async () => {
    const sealed = await seal(cipher);
    expect(aesGcmCipher({ keys: [old] }).keyIdOf(sealed)).toBe('2026-11');
    expect(await open(cipher, sealed.replace('2026-11', 'lost'))).toEqual(failure('unknown_key_id', 'lost'));
  });

  it('shows no piece of a key in any form', () => {
    const secret = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=';
    const shown = Object.values(printedForms(aesGcmCipher({ keys: [{ id: 'a', secret }] }))).join('\n');
    const hex = Buffer.from(secret, 'base64').toString('hex');
    expect(leakedPiece(shown, secret)).toBeUndefined();
    expect(leakedPiece(shown.replaceAll(' ', ''), hex)).toBeUndefined();
  });
});
