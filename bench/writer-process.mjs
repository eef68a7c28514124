import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { loadSqliteStore } from './library.mjs';
import { blocksDuring } from './measuring/event-loop.mjs';
import { answer } from './measuring/processes.mjs';
import { newRecord } from './contenders/new-record.mjs';

const { sqliteStore } = await loadSqliteStore();
/** @type {import('llavero/stores/sqlite').TokenStore | undefined} */
let store;
/** @type {number} */
let scratch;

/** How many writes of a process are under way at a time. */
const lanes = 4;

/** @param {number} untilMs @param {{ done: number, givenUp: number }} count */
const writeUntil = async (untilMs, count) => {
  while (performance.now() < untilMs) {
    const key = `centry/shop-${Math.floor(1000 * Math.random())}`;
    const written = await store?.update(key, (current) => {
      const record = current ?? newRecord(key);
      return { _tag: 'Put', record: { ...record, generation: record.generation + 1 }, result: undefined };
    })();
    if (written?._tag === 'Right') count.done += 1;
    else count.givenUp += 1;
  }
};

/**
 * How `work` fares, and how long it blocks the event loop meanwhile.
 *
 * @param {(count: { done: number, givenUp: number }) => Promise<unknown>} work
 */
const watched = async (work) => {
  const count = { done: 0, givenUp: 0 };
  const { late, own } = await blocksDuring(() => work(count));
  return { ...count, late, own };
};

answer({
  open: async (/** @type {string} */ path, /** @type {string} */ scratchPath) => {
    scratch = openSync(scratchPath, 'w');
    store = sqliteStore({ path });
    const opened = await store.open();
    if (opened._tag === 'Left') throw new Error(opened.left.why);
  },
  write: (/** @type {number} */ ms) =>
    watched((count) => {
      const untilMs = performance.now() + ms;
      return Promise.all(Array.from({ length: lanes }, () => writeUntil(untilMs, count)));
    }),
  sync: (/** @type {number} */ ms) =>
    watched(async (count) => {
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs) {
        writeSync(scratch, Buffer.alloc(8192), 0, 8192, 0);
        fdatasyncSync(scratch);
        count.done += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }),
  idle: (/** @type {number} */ ms) => watched(() => setTimeout(ms)),
});

process.on('exit', () => {
  if (scratch !== undefined) closeSync(scratch);
});
