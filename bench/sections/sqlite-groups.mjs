import { barePair } from '../contenders/bare-pair.mjs';
import { newRecord } from '../contenders/new-record.mjs';
import { loadSqliteStore } from '../library.mjs';
import { blocksDuring } from '../measuring/event-loop.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median } from '../measuring/statistics.mjs';
import { inTemporaryDirectory } from '../measuring/temporary-directory.mjs';

/**
 * The beginning and the commit of renewals, one at a time and many at once, beside the bare driver in the same minute: the
 * machine may do something else at any moment, so each round lets all of them run in turn and only ratios count.
 *
 * @param {{ writers: number, ms: number, rounds: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = ({ writers, ms, rounds }) =>
  inTemporaryDirectory(async (directory) => {
    const { sqliteStore } = await loadSqliteStore();
    const store = sqliteStore({ path: `${directory}/llavero.db` });
    const opened = await store.open();
    if (opened._tag === 'Left') throw new Error(opened.left.why);
    const other = sqliteStore({ path: `${directory}/bare.db` });
    await other.open();
    await other.close();
    const bare = await barePair(`${directory}/bare.db`);

    /** @param {string} key @param {boolean} urgent */
    const write = async (key, urgent) => {
      const written = await store.update(
        key,
        (current) => {
          const record = current ?? newRecord(key);
          return { _tag: 'Put', record: { ...record, generation: record.generation + 1 }, result: undefined };
        },
        { urgent },
      )();
      if (written._tag === 'Left') throw new Error(written.left.why);
    };
    /** @param {string} key */
    const pair = async (key) => {
      await write(key, false);
      await write(key, true);
    };

    /** Pairs a second. @param {(key: string) => Promise<void>} once @param {number} lanes */
    const paceOf = async (once, lanes) => {
      const startedAt = performance.now();
      let pairs = 0;
      const lane = async () => {
        while (performance.now() - startedAt < ms) {
          await once(`centry/shop-${Math.floor(1000 * Math.random())}`);
          pairs += 1;
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      return (1000 * pairs) / (performance.now() - startedAt);
    };

    /** @type {{ bare: number, alone: number, together: number, blockMs: number }[]} */
    const seen = [];
    for (let round = 0; round <= rounds; round += 1) {
      const paces = { bare: 0, alone: 0, together: 0, blockMs: 0 };
      const turns = [
        async () => void (paces.bare = await paceOf(bare.pair, 1)),
        async () => void (paces.alone = await paceOf(pair, 1)),
        async () => {
          const { own } = await blocksDuring(async () => void (paces.together = await paceOf(pair, writers)));
          paces.blockMs = own.longestMs;
        },
      ];
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
      // The first warms up.
      if (round > 0) seen.push(paces);
    }
    bare.close();
    await store.close();

    /** @param {'alone' | 'together'} which */
    const ratio = (which) => median(seen.map((paces) => paces[which] / paces.bare));
    /** @param {'bare' | 'alone' | 'together'} which */
    const pace = (which) => inWords(Math.round(median(seen.map((paces) => paces[which]))), 'pairs a second');
    return [
      {
        what: 'one pair at a time : the bare pair',
        value: ratio('alone'),
        unit: '×',
        least: 0.9,
        beside: `${pace('alone')} : ${pace('bare')}`,
      },
      {
        what: `${writers} writers at once : the bare pair`,
        value: ratio('together'),
        unit: '×',
        least: 8,
        beside: `${pace('together')} : ${pace('bare')}`,
      },
      {
        what: 'longest block of the event loop by them',
        value: median(seen.map(({ blockMs }) => blockMs)),
        unit: 'ms',
        most: 25,
        beside: `worst ${inWords(Math.max(...seen.map(({ blockMs }) => blockMs)), 'ms')}`,
      },
    ];
  });
