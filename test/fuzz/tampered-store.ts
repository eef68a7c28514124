import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { aesGcmCipher } from '../../src/adapters/crypto/aes-gcm-cipher.js';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { drop, put } from '../../src/domain/record-change.js';
import { encodeIssuedToken } from '../../src/domain/secrets-codec.js';
import { bareRecord } from '../../src/testing/store-contract/sample-record.js';
import { succeeds } from '../../src/testing/store-contract/harness.js';
import { rightOf } from '../adapters/grants/credential-fixture.js';
import { codeOf, encryption, makeScene } from '../app/llavero-fixture.js';
import type { Random } from '../simulation/random.js';
import { heldBefore } from './judges.js';
import { oddSeal, type Sealed } from './odd-seal.js';

/** A llavero on a store that somebody else writes as well. */
export interface TamperedStore {
  /** Puts an account with one odd sealed value into the store and asks for it in every way there is. */
  readonly tryOut: (random: Random, input: (describe: () => string) => void) => Promise<void>;
}

export const makeTamperedStore = (): TamperedStore => {
  const { llavero, store, http, events } = makeScene({ encryption: encryption('test', 7) });
  const cipher = aesGcmCipher(encryption('test', 7));

  const sealFor = async (key: string, field: 'token' | 'credential', text: string): Promise<Sealed> => {
    const binding = { namespace: store.namespace, key, field };
    return { text, sealed: rightOf(await cipher.seal(text, binding)()), binding };
  };

  const ways = (key: string): ReadonlyArray<() => Promise<unknown>> => [
    () => llavero.token(key),
    () => llavero.token(key, { force: true }),
    () => llavero.status(key),
    () => llavero.authorize(key),
    () => llavero.exchange(key, { code: 'code' }),
    () => llavero.revoke(key, { localOnly: true }),
    () => llavero.register({ provider: 'centry', account: 'tampered', scope: 'all' }),
  ];

  const tryOut = async (random: Random, input: (describe: () => string) => void): Promise<void> => {
    await llavero.ready();
    const key = 'centry/tampered';
    const token = await sealFor(key, 'token', encodeIssuedToken(heldBefore));
    const credential = await sealFor(key, 'credential', '{}');
    const elsewhere = await sealFor('centry/other', 'token', token.text);
    const field = random.pick<'token' | 'credential'>(['token', 'credential']);
    const own = field === 'token' ? token : credential;
    const swapped = random.pick([field === 'token' ? credential : token, elsewhere]);
    const odd = random.chance(0.2) ? swapped.sealed : oddSeal(random, own, swapped);
    if (odd === own.sealed) return;
    const record: AccountRecord = {
      ...bareRecord(key),
      generation: 1,
      token: token.sealed,
      credential: credential.sealed,
      obtainedAt: heldBefore.obtainedAt.getTime(),
      accessTokenExpiresAt: heldBefore.expiresAt.getTime(),
      renewable: true,
      invalidated: random.chance(0.5),
      [field]: odd,
    };
    await succeeds(store.update(key, () => put(record, undefined)));
    store.resetCounts();
    let way = 0;
    input(() => `way ${way}, with the ${field} ${JSON.stringify(odd)}`);
    for (const ask of ways(key)) {
      way += 1;
      strictEqual(await codeOf(ask()), 'ERR_DECRYPTION_FAILED');
      strictEqual(store.writes(), 0);
    }
    strictEqual(http.requests.length + events.length, 0);
    strictEqual(llavero.peek(key), undefined);
    deepStrictEqual(await succeeds(store.read(key)), record);
    ok(await succeeds(store.update(key, (current) => drop(current !== undefined))), 'the account is still there');
  };

  return { tryOut };
};
