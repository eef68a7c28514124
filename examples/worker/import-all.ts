import { HTTPError } from 'got';
import { LlaveroError, type Llavero } from 'llavero';
import { llaveroGot } from 'llavero/got';

/** What one round came to. */
export interface Round {
  /** How many orders each shop has. */
  readonly orders: ReadonlyMap<string, number>;
  /** Shops that a person has to connect again. */
  readonly disconnected: readonly string[];
  /** Shops that are asked again no sooner than this: what llavero says, or else a minute. */
  readonly later: ReadonlyMap<string, number>;
}

/** Reads the orders of every shop that is connected, one shop after the other. Throws what no other round would mend. */
export const importAll = async (llavero: Llavero): Promise<Round> => {
  const orders = new Map<string, number>();
  const later = new Map<string, number>();
  const disconnected: string[] = [];
  for await (const { key, state } of llavero.list({ provider: 'centry' })) {
    if (state === 'unauthorized' || state === 'reauthorization_required') {
      disconnected.push(key);
      continue;
    }
    try {
      orders.set(key, (await ordersOf(llavero, key)).length);
    } catch (error) {
      if (error instanceof LlaveroError && error.code === 'ERR_REAUTHORIZATION_REQUIRED') disconnected.push(key);
      else if (error instanceof LlaveroError && error.retryable) later.set(key, error.retryAfterMs ?? 60_000);
      else if (error instanceof HTTPError) later.set(key, 60_000);
      else throw error;
    }
  }
  return { orders, disconnected, later };
};

/** Every page: got follows the API's `Link` headers, and llavero renews the token on the way if it has to. */
const ordersOf = (llavero: Llavero, key: string): Promise<readonly unknown[]> =>
  llaveroGot(llavero, key).paginate.all<unknown>('orders.json', { responseType: 'json' });
