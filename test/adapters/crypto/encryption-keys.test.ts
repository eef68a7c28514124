import { describe, expect, it } from 'vitest';
import { aesGcmCipher } from '../../../src/adapters/crypto/aes-gcm-cipher.js';
import { runCommand } from '../../../src/app/command-line/run-command.js';
import { makeKeyRing, type EncryptionKey } from '../../../src/adapters/crypto/encryption-keys.js';
import { leakedPiece } from '../../domain/leaked-piece.js';
import { printedForms } from '../../domain/printed-forms.js';

const secret = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=';
const good: EncryptionKey = { id: '2026-11', secret };

const thrownBy = (make: () => unknown): TypeError => {
  try {
    make();
  } catch (error) {
    if (error instanceof TypeError) return error;
  }
  return expect.unreachable('no TypeError was thrown');
};

/** Believes whoever says so, as JavaScript does. */
const isListOfKeys = (value: unknown): value is readonly EncryptionKey[] => Array.isArray(value);

const howTo = 'make one with: npx llavero keygen';
const badSecret = `encryption.keys[0].secret must be 32 random bytes as base64; ${howTo}`;
const badId = "encryption.keys[0].id must be 1 to 64 letters, digits, hyphens or underscores, such as '2026-11'";

describe('makeKeyRing', () => {
  it.each(['a', '2026-11', 'A_b-9', 'k'.repeat(64)])('takes the id %s', (id) => {
    expect(makeKeyRing([{ id, secret }]).newest.id).toBe(id);
  });

  it('decodes a key, and puts the first one first', () => {
    const ring = makeKeyRing([good, { id: 'older', secret: Buffer.alloc(32, 1).toString('base64url') }]);
    expect(ring.newest.id).toBe('2026-11');
    expect(ring.newest.key.export().toString('base64')).toBe(secret);
    expect([...ring.byId].map(([id, key]) => [id, key.export().toString('base64')])).toEqual([
      ['2026-11', secret],
      ['older', Buffer.alloc(32, 1).toString('base64')],
    ]);
  });

  it.each(['', ' ', 'a b', 'a.b', 'a/b', 'ação', 'a\n', 'k'.repeat(65), secret])('throws on the id %j', (id) => {
    expect(thrownBy(() => makeKeyRing([{ id, secret }]))).toEqual(new TypeError(badId));
  });

  it.each([
    ['a password', 'correct horse battery staple'],
    ['16 bytes', Buffer.alloc(16, 7).toString('base64')],
    ['31 bytes', Buffer.alloc(31, 7).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 7).toString('base64')],
    ['64 bytes', Buffer.alloc(64, 7).toString('base64')],
    ['hex', Buffer.alloc(32, 7).toString('hex')],
    ['a space in it', `${secret.slice(0, 20)} ${secret.slice(20)}`],
    ['padding twice', `${secret}=`],
    ['a data address', `base64:${secret}`],
    ['both alphabets at once', `-_+/${secret.slice(4)}`],
    ['a mistyped last character', `${secret.slice(0, 42)}B=`],
    ['a character of neither alphabet', `*${secret}`],
  ])('throws on a secret that is %s', (_what, wrong) => {
    expect(thrownBy(() => makeKeyRing([{ id: 'a', secret: wrong }]))).toEqual(new TypeError(badSecret));
  });

  it.each(['', ' ', '\n'])('says of %j that it is empty', (wrong) => {
    const empty = `encryption.keys[0].secret is empty: is its environment variable set? To ${howTo}`;
    expect(thrownBy(() => makeKeyRing([{ id: 'a', secret: wrong }]))).toEqual(new TypeError(empty));
  });

  it.each([`${secret}\n`, ` ${secret}`, `${secret}\r\n`])(
    'takes a secret as a file of secrets holds it: %j',
    (text) => {
      const { newest } = makeKeyRing([{ id: 'a', secret: text }]);
      expect(newest.key.equals(makeKeyRing([{ id: 'a', secret }]).newest.key)).toBe(true);
    },
  );

  it('throws on no keys at all', () => {
    const empty = new TypeError(`encryption.keys is empty: give at least one { id, secret }; ${howTo}`);
    expect(thrownBy(() => makeKeyRing([]))).toEqual(empty);
    expect(thrownBy(() => makeKeyRing(undefined))).toEqual(empty);
    expect(thrownBy(() => aesGcmCipher({ keys: [] }))).toEqual(empty);
  });

  it('throws on an id that stands twice, and says where', () => {
    const keys = [good, { id: 'b', secret }, { id: '2026-11', secret: Buffer.alloc(32, 1).toString('base64') }];
    expect(thrownBy(() => makeKeyRing(keys))).toEqual(
      new TypeError('encryption.keys[2].id is the id of an earlier key: give every key an id of its own'),
    );
  });

  it('throws on what only JavaScript can pass', () => {
    const passed: unknown = JSON.parse('[[{"id":1,"secret":2}],[{"id":"a"}],[null]]');
    const loose = Array.isArray(passed) ? passed.filter(isListOfKeys) : [];
    expect(loose.map((keys) => String(thrownBy(() => makeKeyRing(keys))))).toEqual([
      `TypeError: ${badId}`,
      `TypeError: ${badSecret}`,
      `TypeError: ${badId}`,
    ]);
  });

  it.each([
    ['a secret that is too long', [{ id: 'a', secret: `${secret}AAAA` }]],
    ['an id and a secret that were swapped', [{ id: secret, secret: '2026-11' }]],
    [
      'a secret as an id, twice',
      [
        { id: secret.slice(0, 43), secret },
        { id: secret.slice(0, 43), secret },
      ],
    ],
  ])('quotes no piece of %s', (_what, keys) => {
    const thrown = thrownBy(() => aesGcmCipher({ keys }));
    expect(leakedPiece(Object.values(printedForms(thrown)).join('\n'), secret)).toBeUndefined();
  });

  it('teaches a command that makes a key it takes', () => {
    const command = /npx llavero (?<command>.+)$/.exec(howTo)?.groups?.['command'] ?? '';
    const { out } = runCommand([command]);
    expect(makeKeyRing([{ id: 'a', secret: out.trim() }]).newest.key.symmetricKeySize).toBe(32);
  });
});
