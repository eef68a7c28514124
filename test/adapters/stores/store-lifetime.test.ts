import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeStoreLifetime } from '../../../src/adapters/stores/store-lifetime.js';
import { deferred } from '../../../src/testing/deferred.js';

const session = { name: 'session' };

/** A lifetime, and what happened to its session. */
const watched = (starts: readonly Either<string, typeof session>[] = [right(session)]) => {
  const log: string[] = [];
  const answers = [...starts];
  const lifetime = makeStoreLifetime<typeof session>(
    async () => {
      log.push('start');
      return answers.shift() ?? left('too many starts');
    },
    () => {
      log.push('end');
      return right(undefined);
    },
  );
  return { lifetime, log };
};

const nameOf = async ({ name }: typeof session): Promise<Either<string, string>> => right(name);

describe('the lifetime of a store', () => {
  it('starts once for all who open it', async () => {
    const { lifetime, log } = watched();
    expect(await Promise.all([lifetime.open(), lifetime.open()])).toEqual([right(undefined), right(undefined)]);
    expect(await lifetime.open()).toEqual(right(undefined));
    expect(log).toEqual(['start']);
  });

  it('starts again after a start that failed', async () => {
    const { lifetime, log } = watched([left('ENOENT'), right(session)]);
    expect(await lifetime.open()).toEqual(left('ENOENT'));
    expect(await lifetime.use(nameOf)).toEqual(left('not_open'));
    expect(await lifetime.open()).toEqual(right(undefined));
    expect(await lifetime.use(nameOf)).toEqual(right('session'));
    expect(log).toEqual(['start', 'start']);
  });

  it('refuses work before it is open and from the moment it closes', async () => {
    const { lifetime } = watched();
    expect(await lifetime.use(nameOf)).toEqual(left('not_open'));
    await lifetime.open();
    const closing = lifetime.close();
    expect(await lifetime.use(nameOf)).toEqual(left('closed'));
    expect(await lifetime.open()).toEqual(left('closed'));
    expect(await closing).toEqual(right(undefined));
  });

  it('ends once, when what is in flight is done', async () => {
    const { lifetime, log } = watched();
    await lifetime.open();
    const held = deferred<Either<string, string>>();
    const work = lifetime.use(() => held.promise).then(() => log.push('work done'));
    const closing = Promise.all([lifetime.close(), lifetime.close()]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['start']);
    held.resolve(right('done'));
    await Promise.all([work, closing]);
    await lifetime.close();
    expect(log).toEqual(['start', 'work done', 'end']);
  });

  it('ends a session that was still starting when it was closed', async () => {
    const { lifetime, log } = watched();
    const opening = lifetime.open();
    await lifetime.close();
    await opening;
    expect(log).toEqual(['start', 'end']);
  });

  it('closes without a session when it was never opened', async () => {
    const { lifetime, log } = watched();
    expect(await lifetime.close()).toEqual(right(undefined));
    expect(log).toEqual([]);
  });
});
