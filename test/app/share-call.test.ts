import { describe, expect, it } from 'vitest';
import { makeShareCall, type ShareCall } from '../../src/app/share-call.js';
import { deferred } from '../../src/testing/deferred.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';

const unlucky = (): Promise<string> => Promise.reject(new Error('out of luck'));

const scene = (): { readonly clock: FakeClock; readonly shareCall: ShareCall<string> } => {
  const clock = fakeClock();
  return { clock, shareCall: makeShareCall<string>(clock) };
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
    const { clock, shareCall } = scene();
    const answer = deferred<string>();
    const { begin, begun } = counted(answer.promise);
    const first = shareCall('shop/1', begin);
    await clock.advance(9.9);
    const second = shareCall('shop/1', begin);
    answer.resolve('token');
    expect(await Promise.all([first, second])).toEqual(['token', 'token']);
    expect(begun()).toBe(1);
  });

  it('is not shared by those who come later, while it waits for its answer', async () => {
    const { clock, shareCall } = scene();
    const early = deferred<string>();
    const late = deferred<string>();
    const first = shareCall('shop/1', () => early.promise);
    await clock.advance(10);
    const second = shareCall('shop/1', () => late.promise);
    early.resolve('early');
    expect(await first).toBe('early');
    const third = shareCall('shop/1', unlucky);
    late.resolve('late');
    expect(await Promise.all([second, third])).toEqual(['late', 'late']);
  });

  it('is not shared once it has been answered', async () => {
    const { shareCall } = scene();
    await shareCall('shop/1', () => Promise.resolve('one'));
    expect(await shareCall('shop/1', () => Promise.resolve('another'))).toBe('another');
  });

  it('is not shared once it has failed', async () => {
    const { shareCall } = scene();
    await expect(shareCall('shop/1', unlucky)).rejects.toThrow('out of luck');
    expect(await shareCall('shop/1', () => Promise.resolve('token'))).toBe('token');
  });

  it('is not shared with another key', async () => {
    const { shareCall } = scene();
    const one = shareCall('shop/1', () => Promise.resolve('one'));
    const two = shareCall('shop/2', () => Promise.resolve('two'));
    expect(await Promise.all([one, two])).toEqual(['one', 'two']);
  });
});
