import type { Llavero, Token } from 'llavero';

/** One order, as far as this business cares. */
export interface Order {
  readonly id: string;
  /** In reais, as Tray writes it: `27027.60`. */
  readonly total: string;
}

/** What the import stands on; a test puts its own behind each. */
export interface ImportOrdersDeps {
  /** The part of a `Llavero` that is used here. */
  readonly llavero: Pick<Llavero, 'token' | 'invalidate'>;
  readonly fetch: (url: URL) => Promise<Response>;
  readonly save: (orders: readonly Order[]) => Promise<void>;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
}

/** Tray's documents: no page is longer. */
const pageSize = 50;

/** Saves the orders that a Tray store took today, by the store's own calendar, and resolves with how many they are. */
export const importTodaysOrders = async (deps: ImportOrdersDeps, key: string): Promise<number> => {
  const date = saoPauloDay(deps.nowMs());
  let imported = 0;
  for (let page = 1; ; page += 1) {
    const orders = ordersIn(await getOrders(deps, key, { date, limit: String(pageSize), page: String(page) }));
    await deps.save(orders);
    imported += orders.length;
    if (orders.length < pageSize) return imported;
  }
};

/** Asks with the store's token. One that Tray refuses is given back and replaced, once: a second 401 is about something else. */
const getOrders = async (
  { llavero, fetch }: ImportOrdersDeps,
  key: string,
  filter: Readonly<Record<string, string>>,
): Promise<unknown> => {
  const token = await llavero.token(key);
  const first = await fetch(ordersUrl(token, filter));
  if (first.status !== 401) return bodyOf(first, key);
  await llavero.invalidate(key, token);
  return bodyOf(await fetch(ordersUrl(await llavero.token(key), filter)), key);
};

/** Tray takes its token in the query of every call, so this address is a secret: it belongs in no log and no error. */
const ordersUrl = (token: Token, filter: Readonly<Record<string, string>>): URL => {
  const url = new URL(`${token.attributes['apiHost'] ?? ''}/orders`);
  for (const [name, value] of Object.entries(filter)) url.searchParams.set(name, value);
  url.searchParams.set('access_token', token.accessToken.expose());
  return url;
};

const bodyOf = (response: Response, key: string): Promise<unknown> => {
  if (!response.ok) throw new Error(`Tray answered ${response.status} to a request for the orders of ${key}`);
  return response.json();
};

/** `{ Orders: [{ Order: { id, total, … } }] }` */
const ordersIn = (body: unknown): readonly Order[] => {
  const listed = memberOf(body, 'Orders');
  const items: readonly unknown[] = Array.isArray(listed) ? listed : [];
  return items.map((item) => {
    const order = memberOf(item, 'Order');
    return { id: String(memberOf(order, 'id')), total: String(memberOf(order, 'total')) };
  });
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** `YYYY-MM-DD` */
const saoPauloDay = (nowMs: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(nowMs);
