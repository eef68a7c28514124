import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeOneAtATime } from '../../../src/app/authorizing/one-at-a-time.js';
import { misuse } from '../../../src/domain/misuse.js';
import { deferred } from '../../../src/testing/deferred.js';

const work = (name: string, seen: string[]) => {
  const end = deferred<void>();
  const run = async () => {
    seen.push(`${name} begins`);
    await end.promise;
    seen.push(`${name} ends`);
    return right(name);
  };
  return { run, end: () => end.resolve() };
};

describe('one at a time', () => {
  it('begins a work of an id when the one before has ended, in the order in which they came', async () => {
    const oneAtATime = makeOneAtATime();
    const seen: string[] = [];
    const [one, two, three] = [work('one', seen), work('two', seen), work('three', seen)];
    const all = [one, two, three].map(({ run }) => oneAtATime('id', run)());
    three.end();
    two.end();
    await Promise.resolve();
    expect(seen).toEqual(['one begins']);
    one.end();
    expect(await Promise.all(all)).toEqual([right('one'), right('two'), right('three')]);
    expect(seen).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
  });

  it('lets no id wait for another', async () => {
    const oneAtATime = makeOneAtATime();
    const seen: string[] = [];
    const slow = work('slow', seen);
    const waiting = oneAtATime('slow', slow.run)();
    expect(await oneAtATime('other', async () => right(1))()).toEqual(right(1));
    slow.end();
    await waiting;
  });

  it('goes on after a work that failed or broke', async () => {
    const oneAtATime = makeOneAtATime();
    const failed = oneAtATime('id', async () => left(misuse('no')))();
    const broken = oneAtATime('id', () => Promise.reject(new Error('broken')))();
    const after = oneAtATime('id', async () => right('after'))();
    expect(await failed).toEqual(left(misuse('no')));
    await expect(broken).rejects.toThrow('broken');
    expect(await after).toEqual(right('after'));
  });
});
