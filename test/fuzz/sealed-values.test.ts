import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { aesGcmCipher } from '../../src/adapters/crypto/aes-gcm-cipher.js';
import type { SealBinding } from '../../src/ports/cipher.js';
import { rightOf } from '../adapters/grants/credential-fixture.js';
import { encryption } from '../app/llavero-fixture.js';
import { seededRandom, type Random } from '../simulation/random.js';
import { describeFamily } from './fuzz.js';
import { planted } from './odd-texts.js';
import { oddSeal, type Sealed } from './odd-seal.js';
import { makeTamperedStore } from './tampered-store.js';

const keys = [...encryption('test', 7).keys, ...encryption('old', 9).keys] as const;
const newest = aesGcmCipher({ keys });
const older = aesGcmCipher({ keys: keys.slice(1) });

const bindings: readonly [SealBinding, ...SealBinding[]] = [
  { namespace: 'llavero', key: 'tray/1', field: 'token' },
  { namespace: 'llavero', key: 'tray/1', field: 'credential' },
  { namespace: 'llavero', key: 'tray/2', field: 'token' },
  { namespace: 'llavero2', key: 'tray/1', field: 'token' },
  { namespace: 'llavero', key: 'tray/1","token', field: 'pending' },
  { namespace: '', key: '', field: 'key_check' },
];

const texts = ['', 'x', planted, `{"accessToken":"${planted}"}`, 'Ação 🔑', planted.repeat(40)] as const;

const sealOne = async (random: Random): Promise<Sealed> => {
  const text = random.pick(texts);
  const binding = random.pick(bindings);
  const sealed = rightOf(await random.pick([newest, older]).seal(text, binding)());
  return { text, sealed, binding };
};

/** The law: a sealed value opens as it was sealed, where it was sealed; any other text in any other place is a failure. */
const openOdd = async (seed: number, input: (describe: () => string) => void, saw: (what: string) => void) => {
  const random = seededRandom(seed);
  const value = await sealOne(random);
  const odd = oddSeal(random, value, await sealOne(random));
  const binding = random.chance(0.8) ? value.binding : random.pick(bindings);
  input(() => `${JSON.stringify(odd)} made of ${value.sealed}, opened as ${JSON.stringify(binding)}`);
  const opened = await newest.open(odd, binding)();
  if (odd === value.sealed && binding === value.binding) {
    ok(isRight(opened), 'what nobody touched does not open');
    strictEqual(opened.right, value.text);
    return saw('untouched');
  }
  ok(isLeft(opened), 'what somebody touched or moved opens');
  const { _tag, why, keyId, ...rest } = opened.left;
  strictEqual(_tag, 'CipherFailure');
  ok(['unknown_key_id', 'failed_tag', 'not_sealed', 'unreadable'].includes(why), `it fails with ${why}`);
  ok(keyId === undefined || /^[A-Za-z0-9_-]{1,64}$/.test(keyId), `it names the key ${JSON.stringify(keyId)}`);
  deepStrictEqual(rest, {});
  saw(why);
};

const tampered = makeTamperedStore();
/** Every so many sealed values one goes the whole way. */
const wholeWay = 12;

describeFamily({
  name: 'sealed values',
  file: 'sealed-values',
  inputs: 40_000,
  atLeast: {
    untouched: 0.02,
    failed_tag: 0.2,
    unreadable: 0.1,
    not_sealed: 0.05,
    unknown_key_id: 0.01,
    'in a store': 0.05,
  },
  tryOut: async (seed, { input, saw }) => {
    await openOdd(seed, input, saw);
    if (seed % wholeWay !== 0) return;
    await tampered.tryOut(seededRandom(seed), input);
    saw('in a store');
  },
});
