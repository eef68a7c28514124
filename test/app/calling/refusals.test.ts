import { describe, expect, it } from 'vitest';
import { accessOf, centryKey, centryLifeMs, secondMs } from '../llavero-fixture.js';
import { centryAnswer, secretsOf } from '../provider-answers.js';
import { answers, apiScene, type Answering, type ApiScene } from './api-scene.js';

const windowMs = 30 * secondMs;

/** Refuses some calls by their number, whatever token they bring. */
const refusing = (refuses: (call: number) => boolean): Answering => {
  let calls = 0;
  return (request, response) => {
    calls += 1;
    answers(refuses(calls) ? 401 : 200)(request, response);
  };
};

const flapping = () => refusing((call) => call % 3 === 1);
const always = () => refusing(() => true);

/** Connected; every renewal brings the next token. */
const scene = async (answering: Answering): Promise<ApiScene> => {
  const made = await apiScene();
  let tokens = 1;
  made.http.handle(() => centryAnswer((tokens += 1)));
  made.script(answering);
  return made;
};

const renewals = ({ http }: ApiScene): number => http.requests.length - 1;

const statusesOf = async ({ llavero, clock }: ApiScene, calls: number, everyMs = 0): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    await clock.advance(everyMs);
    statuses.push((await llavero.fetch(centryKey, 'orders')).status);
  }
  return statuses;
};

describe('an API that refuses every third call', () => {
  it('costs one renewal, and its callers get the other refusals', async () => {
    await using flapped = await scene(flapping());
    const statuses = await statusesOf(flapped, 100);
    expect(renewals(flapped)).toBe(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(33);
  });

  it('costs one renewal in every half minute, whatever is answered in between', async () => {
    await using flapped = await scene(flapping());
    await statusesOf(flapped, 300, secondMs);
    expect(renewals(flapped)).toBe(10);
  });

  it('costs two processes no more than one', async () => {
    await using flapped = await scene(flapping());
    const other = flapped.another();
    for (let call = 0; call < 60; call += 1) {
      await flapped.clock.advance(secondMs);
      await (call % 2 === 0 ? flapped.llavero : other).fetch(centryKey, 'orders');
    }
    expect(renewals(flapped)).toBe(2);
  });
});

describe('a refused call', () => {
  it('is sent once more and not again, however late the answer to that comes', async () => {
    await using refused = await scene(answers(200));
    const late: Answering = (request, response) => {
      void refused.clock.advance(windowMs + 1).then(() => answers(401)(request, response));
    };
    refused.script(answers(401), late, answers(200));
    expect(await statusesOf(refused, 1)).toEqual([401]);
    expect(refused.api.requests).toHaveLength(2);
  });
});

describe('a refusal of a token that is new', () => {
  it('comes back as it is, to whichever path, and the token stays in use', async () => {
    await using refused = await scene(always());
    expect(await statusesOf(refused, 1)).toEqual([401]);
    for (const path of ['orders', 'products', 'orders']) {
      expect((await refused.llavero.fetch(centryKey, path)).status).toBe(401);
    }
    expect(renewals(refused)).toBe(1);
    expect(accessOf(await refused.llavero.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('asks the store once, however often it comes', async () => {
    await using refused = await scene(always());
    await statusesOf(refused, 2);
    refused.store.resetCounts();
    await statusesOf(refused, 20);
    expect([refused.store.asked('read'), refused.store.asked('update')]).toEqual([0, 0]);
  });

  it('earns none either after a renewal that was due', async () => {
    await using refused = await scene(answers(200));
    await refused.clock.advance(centryLifeMs);
    await refused.llavero.token(centryKey);
    refused.script(always());
    await refused.clock.advance(windowMs - 1);
    expect(await statusesOf(refused, 1)).toEqual([401]);
    expect(renewals(refused)).toBe(1);
    await refused.clock.advance(1);
    await statusesOf(refused, 1);
    expect(renewals(refused)).toBe(2);
  });

  it('earns one after all when the application invalidates the token itself', async () => {
    await using refused = await scene(always());
    await statusesOf(refused, 2);
    await refused.clock.advance(2 * secondMs);
    await refused.llavero.invalidate(centryKey, await refused.llavero.token(centryKey));
    expect(accessOf(await refused.llavero.token(centryKey))).toBe(secretsOf(3).access);
  });

  it('earns one when the clock has been set back since', async () => {
    await using refused = await scene(always());
    await statusesOf(refused, 1);
    refused.clock.setWallClock(refused.clock.nowMs() - 3_600 * secondMs);
    await refused.clock.advance(windowMs);
    await statusesOf(refused, 1);
    expect(renewals(refused)).toBe(2);
  });
});
