import type { Either } from 'fp-ts/lib/Either.js';
import { onTestFinished } from 'vitest';
import { gotHttpClient, type GotHttpClientOptions } from '../../../src/adapters/http/got-http-client.js';
import type { HttpAnswer, HttpFailure, HttpRequest } from '../../../src/ports/http-client.js';

/** The wall clock of every test here; monotonic time stands still unless a test moves it. */
export const testNowMs = 1_790_000_000_000;

/** Sends through a fresh client that admits this machine. */
export const send = (
  request: Partial<HttpRequest> & { readonly url: string },
  options: Partial<GotHttpClientOptions> = {},
): Promise<Either<HttpFailure, HttpAnswer>> =>
  gotHttpClient({
    clock: { nowMs: () => testNowMs, monotonicMs: () => 0 },
    rules: { allowHttpOnLoopback: true },
    ...options,
  }).send({ method: 'GET', timeoutMs: 20_000, ...request })();

/** Waits for a server and closes it when the test is over. */
export const during = async <S extends { readonly close: () => Promise<void> }>(starting: Promise<S>): Promise<S> => {
  const server = await starting;
  onTestFinished(server.close);
  return server;
};

/** A resolver that knows these addresses for every name, and how often it was asked. */
export const resolverOf = (...answers: ReadonlyArray<readonly string[]>) => {
  const asked: string[] = [];
  const resolve = (hostname: string): Promise<readonly string[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return Promise.resolve(answer);
  };
  return { asked, resolve };
};

/** Sets variables of the environment until the test is over. */
export const setVariables = (variables: Readonly<Record<string, string>>): void => {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
};
