import { availableParallelism } from 'node:os';
import { startProcess } from '../measuring/processes.mjs';
import { inTemporaryDirectory } from '../measuring/temporary-directory.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median } from '../measuring/statistics.mjs';

const script = new URL('../writer-process.mjs', import.meta.url);

/** @typedef {import('../measuring/event-loop.mjs').Blocks} Blocks */

/**
 * What became of one process in one round: how many writes got through, how many were given up, and how its event loop was
 * blocked meanwhile.
 *
 * @typedef {{ done: number, givenUp: number, late: Blocks, own: Blocks }} Shift
 */

/**
 * Processes that write to one SQLite file as fast as they can, every write synced to disk. Beside them one process that
 * does nothing: what blocks its event loop is the machine. Before each round the same processes sync a file of their own
 * without SQLite: so long does the disk alone block one.
 *
 * @param {{ writers: number, ms: number, rounds: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = ({ writers: count, ms, rounds }) =>
  inTemporaryDirectory(async (directory) => {
    const writers = Array.from({ length: count }, () => startProcess(script));
    const idler = startProcess(script);
    await Promise.all(
      writers.map((writer, index) => writer.ask('open', `${directory}/llavero.db`, `${directory}/sync-${index}`)),
    );
    /** @type {Shift[][]} */
    const shifts = [];
    /** @type {Shift[][]} */
    const idle = [];
    /** @type {Shift[][]} */
    const syncs = [];
    for (let round = 0; round < rounds; round += 1) {
      syncs.push(await Promise.all(writers.map((writer) => writer.ask('sync', ms / 2))));
      const idling = idler.ask('idle', ms);
      shifts.push(await Promise.all(writers.map((writer) => writer.ask('write', ms))));
      idle.push([await idling]);
    }
    await Promise.all([...writers, idler].map(({ stop }) => stop()));

    const all = shifts.flat();
    const done = shifts.map((round) => round.map((shift) => shift.done));
    /** The median of the rounds, each with its longest. */
    const longest = (/** @type {readonly (readonly Shift[])[]} */ of, /** @type {'late' | 'own'} */ which) => {
      const each = of.map((round) => Math.max(...round.map((shift) => shift[which].longestMs)));
      const p99 = median(of.flat().map((shift) => shift[which].p99Ms));
      return {
        value: median(each),
        unit: 'ms',
        beside: `worst ${inWords(Math.max(...each), 'ms')}, p99 ${inWords(p99, 'ms')}`,
      };
    };
    const perSecond = median(done.map((round) => round.reduce((sum, one) => sum + one, 0))) / (ms / 1000);
    return [
      {
        what: 'writes given up',
        value: all.reduce((sum, { givenUp }) => sum + givenUp, 0),
        unit: '',
        most: 0,
        beside: `${inWords(Math.round(perSecond), 'writes')} a second`,
      },
      {
        what: 'slowest process : fastest',
        value: median(done.map((round) => Math.min(...round) / Math.max(...round))),
        unit: '×',
        least: 0.4,
        beside: `${count} processes on ${availableParallelism()} processors`,
      },
      { what: 'longest block of an event loop', ...longest(shifts, 'own'), most: 25 },
      { what: 'the same in an idle process', ...longest(idle, 'own') },
      { what: 'the same in processes that only sync a file', ...longest(syncs, 'own') },
      { what: 'with what other processes took: writers', ...longest(shifts, 'late') },
      { what: 'with what other processes took: idle', ...longest(idle, 'late') },
    ];
  });
