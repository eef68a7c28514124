import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { inPlace, makeAttemptPlaces, type Place, type PlacedAccount } from '../../../src/app/renewal/attempt-places.js';

/** An attempt of it has 16 s until it has to be sent: 2 s of that may be spent on writes. */
const account = (client = 'client', id = 'tray'): PlacedAccount => ({
  provider: { id },
  client,
  policy: { attemptTtlMs: 41_000, requestTimeoutMs: 25_000 },
});

const scene = (msPerWrite: number | undefined = 0) => {
  const pace: { ms: number | undefined } = { ms: msPerWrite };
  let nowMs = 0;
  const places = makeAttemptPlaces({ msPerWrite: () => pace.ms }, { monotonicMs: () => nowMs });
  /** How long each is still to wait, as far as it is known. */
  const waits = new Map<string, (() => number | undefined) | undefined>();
  const inside: { readonly name: string; readonly place: Place }[] = [];
  const enter = (name: string, of = account(), unasked = false): Promise<unknown> =>
    places
      .enter(of, unasked, (leftMs) => waits.set(name, leftMs))()
      .then((place) => inside.push({ name, place }));
  const many = (count: number, of = account(), unasked = false): void => {
    for (let index = 0; index < count; index += 1) void enter(`${of.client} ${index}`, of, unasked);
  };
  const settle = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
  const leave = async (count = 1): Promise<void> => {
    for (const { place } of inside.splice(0, count)) place.leave();
    await settle();
  };
  const pass = (ms: number): void => void (nowMs += ms);
  return { pace, places, waits, pass, inside, enter, many, settle, leave, names: () => inside.map(({ name }) => name) };
};

describe('places for attempts', () => {
  it('are 200, of which one client has 100', async () => {
    const { inside, many, settle } = scene();
    many(300);
    await settle();
    expect(inside).toHaveLength(100);
    many(300, account('another'));
    many(10, account('third'));
    await settle();
    expect(inside).toHaveLength(200);
  });

  it('are 64, of which one client has 32, before the store has been measured', async () => {
    const scened = scene();
    scened.pace.ms = undefined;
    scened.many(200);
    await scened.settle();
    expect(scened.inside).toHaveLength(32);
    scened.many(200, account('another'));
    await scened.settle();
    expect(scened.inside).toHaveLength(64);
  });

  it('are as many as the store can write in an eighth of the time that an attempt may wait', async () => {
    const { inside, many, settle } = scene(100);
    many(50);
    many(50, account('another'));
    await settle();
    expect(inside).toHaveLength(20);
  });

  it('are one at least, however slow the store', async () => {
    const { inside, many, settle, leave } = scene(60_000);
    many(3);
    await settle();
    expect(inside).toHaveLength(1);
    await leave();
    expect(inside).toHaveLength(1);
  });

  it('become fewer when the store becomes slow: nobody enters until so many have left', async () => {
    const { pace, inside, many, settle, leave } = scene();
    many(200);
    await settle();
    pace.ms = 100;
    await leave(80);
    expect(inside).toHaveLength(20);
    await leave(11);
    expect(inside).toHaveLength(10);
  });

  it('are given in the order of the calls', async () => {
    const { many, settle, leave, names } = scene(1_000);
    many(5);
    await settle();
    const order: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      order.push(...names());
      await leave();
    }
    expect(order).toEqual(['client 0', 'client 1', 'client 2', 'client 3', 'client 4']);
  });

  it('are given to the clients in turn, so that a burst of one holds up no other', async () => {
    const { many, enter, settle, leave, names } = scene(1_000);
    many(50);
    void enter('late', account('another'));
    await settle();
    await leave();
    expect(names()).toContain('late');
  });

  it('are waited for by the pace of the line: unknown before anybody in it got one, and over with the wait', async () => {
    const { waits, pass, many, settle, leave } = scene(60_000);
    many(4);
    await settle();
    const left = (): readonly (number | undefined)[] => [1, 2, 3].map((at) => waits.get(`client ${at}`)?.());
    expect(waits.has('client 0')).toBe(true);
    expect(waits.get('client 0')).toBeUndefined();
    expect(left()).toEqual([undefined, undefined, undefined]);
    pass(100);
    await leave();
    expect(left()).toEqual([undefined, 100, 200]);
    expect(waits.get('client 1')).toBeUndefined();
    pass(300);
    await leave();
    expect(left()).toEqual([undefined, undefined, 200]);
  });

  it('are waited for by the pace of the own client, not of another', async () => {
    const { waits, pass, many, settle, leave } = scene(30_000);
    many(3);
    many(3, account('quick'));
    await settle();
    pass(500);
    await leave();
    expect([waits.get('client 2')?.(), waits.get('quick 2')?.()]).toEqual([500, undefined]);
  });

  it('are given to what nobody asked for once nobody else waits', async () => {
    const { many, enter, settle, leave, names } = scene(60_000);
    void enter('first');
    void enter('sweep', account('swept'), true);
    many(2, account('caller'));
    await settle();
    const order: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      order.push(...names());
      await leave();
    }
    expect(order).toEqual(['first', 'caller 0', 'caller 1', 'sweep']);
  });

  it('are left once, however often that is said', async () => {
    const { inside, many, settle } = scene(60_000);
    many(3);
    await settle();
    const [first] = inside;
    first?.place.leave();
    first?.place.leave();
    await settle();
    expect(inside).toHaveLength(2);
  });

  it('are found quickly by ten thousand who wait for them, of one client and of as many', async () => {
    for (const clientOf of [() => 'one', (index: number) => `client ${index}`]) {
      const { places, settle } = scene();
      const done: number[] = [];
      for (let index = 0; index < 10_000; index += 1) {
        void places
          .enter(account(clientOf(index)), false, () => undefined)()
          .then(async ({ leave }) => {
            await Promise.resolve();
            leave();
            done.push(index);
          });
      }
      const since = process.cpuUsage();
      while (done.length < 10_000) await settle();
      expect(process.cpuUsage(since).user / 1_000).toBeLessThan(2_000);
    }
  });
});

describe('a task in a place', () => {
  const watched = (): { readonly place: Place; readonly left: () => number } => {
    let left_ = 0;
    return { place: { leave: () => void (left_ += 1) }, left: () => left_ };
  };

  it('leaves it, whatever comes of it', async () => {
    const { place, left: leaves } = watched();
    expect(await inPlace(place, async () => right(1))()).toEqual(right(1));
    expect(await inPlace(place, async () => left('error'))()).toEqual(left('error'));
    const throws = async (): Promise<never> => {
      throw new Error('a bug');
    };
    await expect(inPlace(place, throws)()).rejects.toThrow('a bug');
    expect(leaves()).toBe(3);
  });

  it('keeps it where its result is to, and never when it fails', async () => {
    const { place, left: leaves } = watched();
    await inPlace(
      place,
      async () => right(1),
      () => true,
    )();
    expect(leaves()).toBe(0);
    await inPlace(
      place,
      async () => left(1),
      () => true,
    )();
    expect(leaves()).toBe(1);
  });
});
