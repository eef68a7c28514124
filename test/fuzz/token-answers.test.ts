import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { isLeft } from 'fp-ts/lib/Either.js';
import { readAnswer } from '../../src/adapters/http/http-answer.js';
import { parseJsonObject } from '../../src/adapters/http/json-object.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { seededRandom } from '../simulation/random.js';
import { describeFamily } from './fuzz.js';
import { contextOf, judges, sentAtMs, type Judge } from './judges.js';
import { planted } from './odd-texts.js';
import { describeAnswer, oddAnswer, type OddAnswer } from './raw-answer.js';
import { answeredObject, checkIssued, checkSealedForm, ownTextOf } from './token-laws.js';

const limitBytes = 256 * 1024;

const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

/** The object that the library is bound to see; undefined where it may see none. */
const boundToSee = ({ plain, body, decodes }: OddAnswer): object | undefined => {
  const fits = plain.length <= limitBytes || plain === body;
  return decodes && fits ? answeredObject(plain) : undefined;
};

/** Only names the provider sent, under no prototype that could lend it others. */
const checkObject = (plain: Buffer): void => {
  const parsed = parseJsonObject(plain);
  const expected = answeredObject(plain);
  strictEqual(parsed === undefined, expected === undefined);
  if (parsed === undefined || expected === undefined) return;
  ok(Object.getPrototypeOf(parsed) === null && Object.isFrozen(parsed), 'it is frozen and inherits nothing');
  deepStrictEqual(
    Object.keys(parsed),
    Object.keys(expected).filter((name) => name !== '__proto__'),
  );
};

/**
 * The law of the refresh token: whatever else a 2xx says, a refresh token that is a text of its own is issued, character for
 * character; without one, the one held before is; and nothing else ever is.
 */
const checkRefreshToken = (outcome: Outcome, object: object, { refresh, access }: Judge, before?: string): void => {
  const own = ownTextOf(object, refresh);
  if (own !== undefined) ok(outcome._tag === 'Issued', `its refresh token is lost: ${outcome._tag}`);
  if (outcome._tag !== 'Issued') return;
  strictEqual(outcome.token.refreshToken?.expose(), own ?? before);
  const accessed = outcome.token.accessToken?.expose();
  if (accessed !== undefined) strictEqual(accessed, ownTextOf(object, access)?.trim());
};

describeFamily({
  name: 'token answers',
  file: 'token-answers',
  inputs: 80_000,
  atLeast: { Issued: 0.5, 'own refresh token': 0.3, 'held refresh token': 0.05, 'no JSON': 0.05, Unknown: 0.03 },
  tryOut: (seed, { input, saw }) => {
    const random = seededRandom(seed);
    const judge = random.pick(judges);
    const step = random.pick<'obtain' | 'renew'>(['obtain', 'renew']);
    const status = random.chance(0.9) ? judge.status : 100 + random.below(500);
    const raw = oddAnswer(random, status, judge.members);
    const context = contextOf(random, judge, step);
    input(() => `${judge.name}, ${step}: ${describeAnswer(raw)}`);

    checkObject(raw.plain);
    const read = readAnswer(raw, sentAtMs);
    const object = boundToSee(raw);
    if (isLeft(read)) {
      ok(object === undefined, `a body that can be read is not: ${read.left.why}`);
      deepStrictEqual(Object.keys(read.left), ['_tag', 'why']);
      return saw(`body ${read.left.why}`);
    }
    ok(object === undefined || read.right.json !== undefined, 'a JSON object is not seen');
    const outcome = judge.grant.judge(read.right, context, step);
    saw(outcome._tag);
    if (object === undefined) saw('no JSON');
    if (isSuccess(status) && object !== undefined) {
      const before = context.previous?.refreshToken?.expose();
      checkRefreshToken(outcome, object, judge, before);
      if (outcome._tag === 'Issued')
        saw(ownTextOf(object, judge.refresh) === undefined ? 'held refresh token' : 'own refresh token');
    }
    if (outcome._tag === 'Issued') {
      ok(isSuccess(status), 'only a 2xx issues');
      checkIssued(outcome.token, judge.attributes);
      checkSealedForm(outcome.token);
    } else {
      ok(!JSON.stringify(outcome).includes(planted), 'nothing of the body is in a refusal');
    }
  },
});
