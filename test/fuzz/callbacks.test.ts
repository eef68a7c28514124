import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import { LlaveroError } from '../../src/app/llavero-error.js';
import { parseCallbackParameters } from '../../src/domain/callback-parameters.js';
import type { HttpClient } from '../../src/ports/http-client.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { callLoosely, centryPreset, encryption, trayPreset } from '../app/llavero-fixture.js';
import { centryAnswer, trayAnswer } from '../app/provider-answers.js';
import { seededRandom, type Random } from '../simulation/random.js';
import { describeFamily, type Tally } from './fuzz.js';
import { oddCallback, type OddCallback } from './odd-callback.js';

const clock = fakeClock();
let asked: string[] = [];
let drawn = 0;

/** Gives a token for every code, whoever asks. */
const http: HttpClient = {
  send: (request) => () => {
    asked.push(request.url);
    const sentAtMs = clock.nowMs();
    const { json } = request.url.includes('centry') ? centryAnswer(1) : trayAnswer(1, sentAtMs);
    return Promise.resolve(right({ status: 200, headers: {}, json, sentAtMs }));
  },
};

/** Every text it draws is as long as the one before, so that a seed means the same whatever ran before it. */
const randomness = {
  token: () => `drawn-${String((drawn += 1)).padStart(9, '0')}-and-no-other`,
  fraction: () => 0,
};

const llavero = createLlavero({
  providers: [centryPreset(), trayPreset()],
  store: memoryStore(),
  encryption: encryption(),
  overrides: [swapPorts({ httpClient: http, clock, randomness, eventSink: { emit: () => undefined } })],
});

const refusals: ReadonlySet<string> = new Set([
  'ERR_STATE_MISMATCH',
  'ERR_ACCESS_DENIED',
  'ERR_PROVIDER_UNAVAILABLE',
  'ERR_REQUEST_REJECTED',
  'ERR_UNTRUSTED_ADDRESS',
]);

/** The code that a callback is refused with; undefined when it brought a token. */
const refusalOf = async (returned: OddCallback['returned']): Promise<string | undefined> => {
  const outcome: unknown = await llavero.callback(returned).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) return undefined;
  ok(outcome instanceof LlaveroError && refusals.has(outcome.code), `it is refused with ${String(outcome)}`);
  ok(/^[^\p{Cc}\p{Cs}]{1,600}$/u.test(outcome.message), `a message is ${JSON.stringify(outcome.message)}`);
  return outcome.code;
};

const nothings = [
  undefined,
  null,
  7,
  true,
  {},
  [],
  ['state=a'],
  () => 'state=a',
  Symbol.iterator,
  new Map([['state', 'a']]),
] as const;

const checkNoText = async (random: Random): Promise<void> => {
  const given = random.pick<unknown>(nothings);
  const outcome = await callLoosely(llavero, 'callback', given).catch((error: unknown) => error);
  ok(outcome instanceof TypeError && !(outcome instanceof LlaveroError), `it is refused with ${String(outcome)}`);
};

/** The states that are open, and whether they have been used up; undefined where nobody can say. */
type States = Map<string, boolean | undefined>;

/** The law: a name that stands twice, or a state that is not open, is a mismatch and spends nothing. */
const judgeRead = async ({ returned, pairs }: OddCallback, states: States, { saw }: Tally): Promise<void> => {
  const parsed = parseCallbackParameters(returned);
  const refusal = await refusalOf(returned);
  saw(refusal ?? 'a token');
  if (pairs === undefined) {
    for (const [state, spent] of states) if (spent === false) states.set(state, undefined);
    return;
  }
  const names = new Set(pairs.map(([name]) => name));
  strictEqual(isLeft(parsed), names.size < pairs.length, 'a name stands in it twice or it does not');
  if (isLeft(parsed)) {
    saw('a name twice');
    return strictEqual(refusal, 'ERR_STATE_MISMATCH');
  }
  deepStrictEqual(
    [...parsed.right],
    pairs.filter(([, value]) => value !== ''),
  );
  const state = parsed.right.get('state') ?? '';
  const isOpen = states.has(state) && states.get(state) !== true;
  if (!isOpen) strictEqual(refusal, 'ERR_STATE_MISMATCH', 'a state that is not open is accepted');
  if (states.get(state) === false)
    ok(refusal !== 'ERR_STATE_MISMATCH' || pairs.some(([name]) => ['store_host', 'iss'].includes(name)));
  // The provider could not answer just then: the person may come back with a code.
  if (isOpen) states.set(state, refusal !== 'ERR_PROVIDER_UNAVAILABLE');
};

const ofTray = [
  ['api_address', 'https://shop.example.com/web_api'],
  ['store_host', 'https://shop.example.com'],
  ['store', '391250'],
] as const;

const isForThisShop = (url: string): boolean =>
  url === 'https://shop.example.com/web_api/auth' || url === 'https://www.centry.cl/oauth/token';

describeFamily({
  name: 'callbacks',
  file: 'callbacks',
  inputs: 26_000,
  atLeast: {
    'a token': 0.1,
    ERR_STATE_MISMATCH: 0.3,
    'a name twice': 0.05,
    ERR_UNTRUSTED_ADDRESS: 0.002,
    ERR_ACCESS_DENIED: 0.002,
  },
  tryOut: async (seed, tally) => {
    const random = seededRandom(seed);
    const isTray = random.chance(0.5);
    const key = `${isTray ? 'tray' : 'centry'}/${seed % 50}`;
    clock.setWallClock(clock.nowMs() + 2_000);
    const { state } = await llavero.authorize(key, { storeUrl: 'https://shop.example.com' });
    const states: States = new Map([[state, false]]);
    if (random.chance(0.1)) states.set((await llavero.authorize('centry/other')).state, false);
    const otherState = [...states.keys()].at(-1) ?? '';
    const truth = [['code', 'a-code'], ...(isTray ? ofTray : []), ['state', state]] as const;
    asked = [];
    let tokens = 0;
    const bring = async (callback: OddCallback): Promise<void> => {
      tally.input(() => `${key}: ${String(callback.returned)}`);
      const before = asked.length;
      await judgeRead(callback, states, tally);
      if (asked.length > before) tokens += 1;
    };
    for (let left = 3; left > 0; left -= 1) await bring(oddCallback(random, truth, otherState));
    await checkNoText(random);

    const honest: OddCallback = { returned: `?${truth.map((pair) => pair.join('=')).join('&')}`, pairs: truth };
    const before = tokens;
    const unspent = states.get(state) === false;
    await bring(honest);
    if (unspent) strictEqual(tokens, before + 1, 'what nobody used does not work');
    await bring(honest);
    ok(tokens <= states.size && asked.length <= states.size, `one state was accepted ${tokens} times`);
    ok(asked.every(isForThisShop), `a code went to ${asked.join()}`);
  },
});
