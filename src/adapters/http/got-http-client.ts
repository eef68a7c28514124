import { pipe } from 'fp-ts/lib/function.js';
import { flatMap, tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { ExchangeSettings } from './exchange.js';
import { unsent } from './http-failure.js';

/** What {@link gotHttpClient} needs, and the parts that may be replaced. */
export interface GotHttpClientOptions extends ExchangeSettings {
  /** Loads what sends, and got with it. */
  readonly load?: () => Promise<Pick<typeof import('./exchange.js'), 'exchange'>>;
}

/**
 * An {@link HttpClient} on got, which is imported at the first request and not before; an import that failed is tried again
 * at the next. Certificates are always verified: neither an option nor `NODE_TLS_REJECT_UNAUTHORIZED` turns that off.
 * Failures are a tag and one short code.
 */
export const gotHttpClient = ({
  load = () => import('./exchange.js'),
  ...settings
}: GotHttpClientOptions): HttpClient => {
  const loaded = onceLoaded(load);
  return {
    send: (request) =>
      pipe(
        tryCatch(loaded, () => unsent('library_missing')),
        flatMap(({ exchange }) => exchange(settings, request)),
      ),
  };
};

/** Remembers what was loaded; forgets a failure. */
const onceLoaded = <A>(load: () => Promise<A>): (() => Promise<A>) => {
  let loading: Promise<A> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
};
