import { ok } from 'node:assert/strict';
import { isLeft } from 'fp-ts/lib/Either.js';
import { readAnswer } from '../../src/adapters/http/http-answer.js';
import { callbackError } from '../../src/domain/token-response/callback-error.js';
import { parseRetryAfterMs } from '../../src/domain/token-response/retry-after.js';
import { parseRevocationAnswer } from '../../src/domain/token-response/revocation-response.js';
import { seededRandom, type Random } from '../simulation/random.js';
import { checkClassified, checkError } from './error-laws.js';
import { describeFamily } from './fuzz.js';
import { contextOf, judges, retryAfterMaxMs, sentAtMs } from './judges.js';
import { oddValueFor, type RawMember } from './odd-json.js';
import { planted } from './odd-texts.js';
import { describeAnswer, membersOf, oddAnswer } from './raw-answer.js';

const errors = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'invalid_request',
  'invalid_scope',
  'unsupported_grant_type',
  'server_error',
  'temporarily_unavailable',
  'unsupported_token_type',
  'access_denied',
  'slow_down',
  'Invalid_Grant',
  'invalid_grant ',
  planted,
  `invalid_grant ${planted}`,
  `refresh token ${planted} is dead`,
  '',
  'null',
] as const;

const codes = [
  1000,
  1001,
  1002,
  1003,
  1099,
  1004,
  401,
  0,
  -1,
  1.5,
  '1000',
  ' 1001 ',
  '01000',
  '1000x',
  planted,
] as const;

const statuses = [400, 400, 401, 401, 403, 404, 408, 425, 429, 429, 500, 502, 503, 200, 201, 301, 307] as const;

/** An error answer as providers write them, every free text of it planted. */
const errorMembers = (random: Random): readonly RawMember[] => {
  const told = membersOf({
    error_description: `the refresh token ${planted} is unknown`,
    error_uri: `https://example.com/?token=${planted}`,
    name: planted,
    message: `${planted}: Token inválido`,
    url: `/auth?refresh_token=${planted}`,
    causes: [planted],
  });
  const asOAuth = membersOf({ error: random.pick(errors) });
  const asTray = membersOf({ code: 401, error_code: random.pick<string | number>(codes) });
  const odd: RawMember = random.chance(0.5)
    ? ['"error"', oddValueFor(random, 'error')]
    : ['"error_code"', oddValueFor(random, 'code')];
  return [
    ...(random.chance(0.7) ? asOAuth : []),
    ...(random.chance(0.5) ? asTray : []),
    ...(random.chance(0.3) ? [odd] : []),
    ...told,
  ];
};

describeFamily({
  name: 'error answers and Retry-After headers',
  file: 'error-answers',
  inputs: 50_000,
  atLeast: {
    Rejected: 0.2,
    Unknown: 0.1,
    Unsent: 0.1,
    ReauthorizationRequired: 0.02,
    ClientRejected: 0.01,
    'a rest': 0.05,
  },
  tryOut: (seed, { input, saw }) => {
    const random = seededRandom(seed);
    const judge = random.pick(judges);
    const step = random.pick<'obtain' | 'renew'>(['obtain', 'renew']);
    const status = random.chance(0.6) ? random.pick<number>(statuses) : 100 + random.below(500);
    const raw = oddAnswer(random, status, errorMembers(random));
    const context = contextOf(random, judge, step);
    input(() => `${judge.name}, ${step}: ${describeAnswer(raw)}`);

    const restMs = parseRetryAfterMs(raw.headers['retry-after'], sentAtMs, retryAfterMaxMs);
    ok(
      restMs === undefined || (Number.isSafeInteger(restMs) && restMs >= 0 && restMs <= retryAfterMaxMs),
      `a rest of ${String(restMs)} ms`,
    );
    if (restMs !== undefined) saw('a rest');

    const read = readAnswer(raw, sentAtMs);
    if (isLeft(read)) return saw(`body ${read.left.why}`);
    ok(!JSON.stringify(read.right.headers).includes('a='), 'cookies stay behind');
    const outcome = judge.grant.judge(read.right, context, step);
    saw(outcome._tag);
    checkClassified(outcome, status, read.right.json, judge);
    if (outcome._tag === 'Rejected') saw(outcome.reason._tag);

    const revoked = parseRevocationAnswer('shop/1', read.right);
    if (isLeft(revoked)) checkError(revoked.left);
    const told = read.right.json?.['error'];
    const refused = callbackError('shop/1', new Map(typeof told === 'string' ? [['error', told]] : []));
    if (refused !== undefined) checkError(refused);
  },
});
