import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { centry, createLlavero, type Llavero } from 'llavero';
import { swapPorts } from 'llavero/container';
import type { SealBinding } from 'llavero/ports';
import { fakeClock, memoryStore, scriptedHttp, type ScriptedAnswer } from 'llavero/testing';
import { describe, expect, it } from 'vitest';
import { keyServiceCipher, type KeyService } from './key-service-cipher.js';

const key = 'centry/acme';
const binding: SealBinding = { namespace: 'llavero', key, field: 'token' };

/** A key service in memory: it never hands out a key, and can be down for the next few calls. */
const imitatedKeyService = (): KeyService & { readonly fail: (calls: number) => void } => {
  const keys = new Map([
    ['one', randomBytes(32)],
    ['two', randomBytes(32)],
  ]);
  let failing = 0;
  const keyNamed = (id: string): Buffer => {
    failing -= 1;
    const found = keys.get(id);
    if (failing >= 0 || found === undefined) throw new Error('the key service is down');
    return found;
  };
  return {
    fail: (calls) => {
      failing = calls;
    },
    wrap: async (id, dataKey, context) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyNamed(id), iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap: async (id, wrapped, context) => {
      const decipher = createDecipheriv('aes-256-gcm', keyNamed(id), wrapped.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(context)).setAuthTag(wrapped.subarray(-16));
      return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
    },
  };
};

const answer = (n: number): ScriptedAnswer => ({
  json: { access_token: `access-${n}`, refresh_token: `refresh-${n}`, token_type: 'bearer', expires_in: 7_200 },
});

/** An account whose secrets only the key service can open. */
const connected = async () => {
  const clock = fakeClock();
  const http = scriptedHttp([answer(1)], { nowMs: clock.nowMs });
  const store = memoryStore();
  const service = imitatedKeyService();
  const withKeys = (...keyIds: [string, ...string[]]): Llavero =>
    createLlavero({
      providers: [centry({ clientId: 'id', clientSecret: 'client-secret', redirectUri: 'https://app.example.com/cb' })],
      store,
      encryption: 'plaintext', // never used: the cipher below takes its place
      overrides: [swapPorts({ httpClient: http, clock, cipher: keyServiceCipher({ service, keyIds }) })],
    });
  const llavero = withKeys('one');
  await llavero.exchange(key, { code: 'code' });
  return { clock, http, store, service, llavero, withKeys };
};

describe('secrets under an external key service', () => {
  it('come back after a restart, and lie in the store under its key and not in clear', async () => {
    const { store, withKeys } = await connected();
    expect((await withKeys('one').token(key)).accessToken.expose()).toBe('access-1');
    const record = JSON.stringify(await store.read(key)());
    expect(record.match(/ks1\.one\./g)).toHaveLength(2);
    expect(record).not.toMatch(/access-1|refresh-1|client-secret/);
  });

  it('open only where they were sealed, and not when they were changed', async () => {
    const cipher = keyServiceCipher({ service: imitatedKeyService(), keyIds: ['one'] });
    const sealed = await cipher.seal('secret', binding)();
    if (sealed._tag === 'Left') throw new Error(sealed.left.why);
    expect(await cipher.open(sealed.right, binding)()).toEqual({ _tag: 'Right', right: 'secret' });
    const why = async (text: string, at: SealBinding): Promise<unknown> => {
      const opened = await cipher.open(text, at)();
      return opened._tag === 'Left' ? opened.left.why : 'opened';
    };
    expect(await why(sealed.right, { ...binding, namespace: 'elsewhere' })).toBe('unreadable');
    expect(await why(sealed.right.replace(/.{4}$/, 'AAAA'), binding)).toBe('failed_tag');
    expect(await why(sealed.right.replace('.one.', '.two.'), binding)).toBe('unknown_key_id');
    expect(await why('secret', binding)).toBe('not_sealed');
  });

  it('move to a new key of the service when they are renewed', async () => {
    const { clock, http, store, withKeys } = await connected();
    await clock.advance(7_200_000);
    http.answer(answer(2));
    expect((await withKeys('two', 'one').token(key)).generation).toBe(2);
    expect(JSON.stringify(await store.read(key)())).toContain('ks1.two.');
  });

  it('are not lost when the service is down between the answer of the provider and the store', async () => {
    const { clock, http, service, llavero } = await connected();
    await clock.advance(7_200_000);
    http.handle(() => {
      service.fail(3);
      return answer(2);
    });
    const waiting = llavero.token(key);
    await clock.advance(60_000);
    expect((await waiting).accessToken.expose()).toBe('access-2');
    expect(http.requests).toHaveLength(2);
  });
});
