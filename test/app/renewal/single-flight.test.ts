import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeSingleFlight } from '../../../src/app/renewal/single-flight.js';
import { tellingWait } from '../../../src/app/use-case/telling-wait.js';
import type { UseCaseError } from '../../../src/app/use-case/use-case-error.js';
import { tokenError } from '../../../src/domain/token-error.js';
import { deferred } from '../../../src/testing/deferred.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

const failed = tokenError('StoreFailed', { operation: 'answer for', why: 'timeout', key: 'shop/1' });
const settle = (): Promise<void> => fakeClock().advance(0);

const scene = () => {
  const flights = makeSingleFlight<string>();
  const answer = deferred<Either<UseCaseError, string>>();
  let report = (_error: UseCaseError): void => undefined;
  const start = () =>
    flights.start('shop/1', (given) => {
      report = given;
      return () => answer.promise;
    });
  return { flights, answer, start, report: (error: UseCaseError) => report(error) };
};

describe('a flight', () => {
  it('is the current one of its key until it has landed', async () => {
    const { flights, answer, start } = scene();
    expect(flights.current('shop/1')).toBeUndefined();
    const flight = start();
    expect(flights.current('shop/1')).toBe(flight);
    expect(flights.current('shop/2')).toBeUndefined();
    answer.resolve(right('token'));
    expect(await flight.outcome).toEqual(right('token'));
    await settle();
    expect(flights.current('shop/1')).toBeUndefined();
  });

  it('says what keeps it from ending, and goes on', async () => {
    const { flights, answer, start, report } = scene();
    const flight = start();
    expect(flight.trouble()).toBeUndefined();
    report(failed);
    expect(flight.trouble()).toEqual(failed);
    expect(flights.current('shop/1')).toBe(flight);
    answer.resolve(right('token'));
    expect(await flight.outcome).toEqual(right('token'));
  });

  it('says how long it still waits, as long as it waits', async () => {
    const clock = fakeClock();
    const flights = makeSingleFlight<string>();
    const wait = deferred<Either<UseCaseError, string>>();
    const answer = deferred<Either<UseCaseError, string>>();
    const flight = flights.start('shop/1', (_report, onWait) => async () => {
      const leftMs = () => 5_000 - clock.monotonicMs();
      await tellingWait(onWait, leftMs, () => wait.promise)();
      return answer.promise;
    });
    await settle();
    await clock.advance(2_000);
    expect(flight.waitsForMs()).toBe(5_000 - clock.monotonicMs());
    wait.resolve(right('over'));
    await settle();
    expect(flight.waitsForMs()).toBeUndefined();
    answer.resolve(right('token'));
    expect(await flight.outcome).toEqual(right('token'));
  });

  it.each([
    [
      'throws at once',
      (): Promise<Either<UseCaseError, string>> => {
        throw new Error('canary');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
  ])('whose work %s ends with an error of ours that holds nothing of it', async (_how, work) => {
    const flights = makeSingleFlight<string>();
    const outcome = await flights.start('shop/1', () => work).outcome;
    expect(outcome).toEqual(
      left(tokenError('ProviderUnavailable', { key: 'shop/1', why: 'an adapter threw an exception' })),
    );
    await settle();
    expect(flights.current('shop/1')).toBeUndefined();
  });
});

describe('drained', () => {
  it('waits for flights in trouble, for work in the background, and for what that starts', async () => {
    const { flights, answer, start, report } = scene();
    const aside = deferred<void>();
    const later = deferred<Either<UseCaseError, string>>();
    start();
    report(failed);
    flights.inBackground(async () => {
      await aside.promise;
      flights.start('shop/2', () => () => later.promise);
      return right(undefined);
    });
    let landed = false;
    const landing = flights.drained().then(() => {
      landed = true;
    });
    for (const next of [() => answer.resolve(right('token')), () => aside.resolve(), () => later.resolve(right(''))]) {
      await settle();
      expect(landed).toBe(false);
      next();
    }
    await landing;
    expect(landed).toBe(true);
  });

  it('resolves at once when nothing is under way, and does not mind work in the background that failed', async () => {
    const flights = makeSingleFlight<string>();
    await flights.drained();
    flights.inBackground(() => Promise.reject(new Error('canary')));
    flights.inBackground(async () => left(failed));
    await flights.drained();
    expect(flights.current('')).toBeUndefined();
  });
});
