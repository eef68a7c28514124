import { describe, expect, it } from 'vitest';
import { makeSharedCalls, type SharedCalls } from '../../src/app/shared-calls.js';
import { deferred } from '../../src/testing/deferred.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';

const unlucky = (): Promise<string> => Promise.reject(new Error('out of luck'));

const scene = (): { readonly clock: FakeClock; readonly calls: SharedCalls<string> } => {
  const clock = fakeClock();
  return { clock, calls: makeSharedCalls<string>(clock) };
};

/** A call that begins when it is asked to, and says how often that was. */
const counted = (answer: Promise<string>): { readonly begin: () => Promise<string>; readonly begun: () => number } => {
  let begun = 0;
  return {
    begin: () => {
      begun += 1;
      return answer;
    },
    begun: () => begun,
  };
};

describe('a call for a key', () => {
  it('is shared by everybody who asks within 10 ms of its beginning', async () => {
    const { clock, calls } = scene();
    const answer = deferred<string>();
    const { begin, begun } = counted(answer.promise);
    const first = calls.join('shop/1', begin);
    await clock.advance(9.9);
    const second = calls.join('shop/1', begin);
    answer.resolve('token');
    expect(await Promise.all([first, second])).toEqual(['token', 'token']);
    expect(begun()).toBe(1);
  });

  it('is not shared by those who come later, while it waits for its answer', async () => {
    const { clock, calls } = scene();
    const early = deferred<string>();
    const late = deferred<string>();
    const first = calls.join('shop/1', () => early.promise);
    await clock.advance(10);
    const second = calls.join('shop/1', () => late.promise);
    early.resolve('early');
    expect(await first).toBe('early');
    const third = calls.join('shop/1', unlucky);
    late.resolve('late');
    expect(await Promise.all([second, third])).toEqual(['late', 'late']);
  });

  it('is not shared once it has been answered', async () => {
    const { calls } = scene();
    await calls.join('shop/1', () => Promise.resolve('one'));
    expect(await calls.join('shop/1', () => Promise.resolve('another'))).toBe('another');
  });

  it('is not shared once it has failed', async () => {
    const { calls } = scene();
    await expect(calls.join('shop/1', unlucky)).rejects.toThrow('out of luck');
    expect(await calls.join('shop/1', () => Promise.resolve('token'))).toBe('token');
  });

  it('is not shared with another key', async () => {
    const { calls } = scene();
    const one = calls.join('shop/1', () => Promise.resolve('one'));
    const two = calls.join('shop/2', () => Promise.resolve('two'));
    expect(await Promise.all([one, two])).toEqual(['one', 'two']);
  });

  it('is not shared once the calls are cleared', async () => {
    const { calls } = scene();
    const one = calls.join('shop/1', () => Promise.resolve('one'));
    calls.clear();
    const two = calls.join('shop/1', () => Promise.resolve('two'));
    expect(await Promise.all([one, two])).toEqual(['one', 'two']);
  });
});
