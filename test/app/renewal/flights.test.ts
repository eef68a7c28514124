import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeFlights } from '../../../src/app/renewal/flights.js';
import type { UseCaseError } from '../../../src/app/use-case-error.js';
import { tokenError } from '../../../src/domain/token-error.js';
import { deferred } from '../../../src/testing/deferred.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

const failed = tokenError('StoreFailed', { operation: 'answer for', why: 'timeout', key: 'shop/1' });
const settle = (): Promise<void> => fakeClock().advance(0);

const scene = () => {
  const flights = makeFlights<string>();
  const answer = deferred<Either<UseCaseError, string>>();
  let release = (_error: UseCaseError): void => undefined;
  const start = () =>
    flights.start('shop/1', (given) => {
      release = given;
      return () => answer.promise;
    });
  return { flights, answer, start, release: (error: UseCaseError) => release(error) };
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

  it('may send its callers away and goes on: newcomers get the same answer at once, and no second flight', async () => {
    const { flights, answer, start, release } = scene();
    const flight = start();
    release(failed);
    expect(await flight.outcome).toEqual(left(failed));
    await settle();
    expect(flights.current('shop/1')).toBe(flight);
    expect(await flights.current('shop/1')?.outcome).toEqual(left(failed));
    answer.resolve(right('token'));
    await settle();
    expect(flights.current('shop/1')).toBeUndefined();
    expect(await flight.outcome).toEqual(left(failed));
  });

  it('that has landed cannot send anybody away', async () => {
    const { answer, start, release } = scene();
    const flight = start();
    answer.resolve(right('token'));
    await settle();
    release(failed);
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
    const flights = makeFlights<string>();
    const outcome = await flights.start('shop/1', () => work).outcome;
    expect(outcome).toEqual(
      left(tokenError('ProviderUnavailable', { key: 'shop/1', why: 'an adapter threw an exception' })),
    );
    await settle();
    expect(flights.current('shop/1')).toBeUndefined();
  });
});

describe('landed', () => {
  it('waits for flights that sent their callers away, for work aside, and for what that starts', async () => {
    const { flights, answer, start, release } = scene();
    const aside = deferred<void>();
    const later = deferred<Either<UseCaseError, string>>();
    start();
    release(failed);
    flights.aside(async () => {
      await aside.promise;
      flights.start('shop/2', () => () => later.promise);
      return right(undefined);
    });
    let landed = false;
    const landing = flights.landed().then(() => {
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

  it('resolves at once when nothing is under way, and does not mind work aside that failed', async () => {
    const flights = makeFlights<string>();
    await flights.landed();
    flights.aside(() => Promise.reject(new Error('canary')));
    flights.aside(async () => left(failed));
    await flights.landed();
    expect(flights.current('')).toBeUndefined();
  });
});
