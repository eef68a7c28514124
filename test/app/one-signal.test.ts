import { getMaxListeners, setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answers } from './calling/api-scene.js';
import { gotScene } from './got/got-scene.js';
import { authorizedCentry, centryKey, centryLifeMs } from './llavero-fixture.js';
import { centryAnswer } from './provider-answers.js';

/** The names of the warnings that Node gives meanwhile. */
const warningsDuring = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const names: string[] = [];
  const note = ({ name }: Error): void => {
    names.push(name);
  };
  process.on('warning', note);
  try {
    await work();
    await setImmediate();
  } finally {
    process.off('warning', note);
  }
  return names;
};

const calls = 40;
const many = <A>(call: () => Promise<A>): Promise<readonly A[]> => Promise.all(Array.from({ length: calls }, call));

describe('one signal', () => {
  it('ends any number of waits for a token without a warning', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const { signal } = new AbortController();
    const held = http.hold();
    const warnings = await warningsDuring(async () => {
      const waiting = many(() => llavero.token(centryKey, { signal }));
      await held.arrived;
      held.release(centryAnswer(2));
      await waiting;
    });
    expect(warnings).toEqual([]);
  });

  it('ends any number of calls of fetch without a warning', async () => {
    await using scene = await gotScene();
    scene.script(answers(200));
    const { signal } = new AbortController();
    const warnings = await warningsDuring(() => many(() => scene.llavero.fetch(centryKey, 'orders', { signal })));
    expect(warnings).toEqual([]);
  });

  it.each(['of the calls', 'of the instance'])('%s of got gives no warning', async (whose) => {
    await using scene = await gotScene();
    scene.script(answers(200));
    const { signal } = new AbortController();
    const own = scene.got.extend({ signal });
    const warnings = await warningsDuring(() =>
      many(async () => (whose === 'of the calls' ? scene.got('orders', { signal }) : own('orders'))),
    );
    expect(warnings).toEqual([]);
  });

  it('keeps a limit that somebody has set himself', async () => {
    const { llavero } = await authorizedCentry();
    const { signal } = new AbortController();
    setMaxListeners(5, signal);
    await llavero.token(centryKey, { signal });
    expect(getMaxListeners(signal)).toBe(5);
    setMaxListeners(0, signal);
    expect((await llavero.token(centryKey, { signal })).generation).toBe(1);
  });
});
