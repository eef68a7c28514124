import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { deadlyPorts } from './deadly-ports.mjs';

// A backend process with llavero in it. Its settings and then its orders come line by line on stdin; what it says is written
// synchronously, so that SIGKILL takes back nothing of it. It ends by itself once stdin does.

/** @type {string[]} */
const lines = [];
const keep = (/** @type {string} */ line) => void lines.push(line);
const orders = createInterface({ input: process.stdin }).on('line', keep);
const nothingMore = once(orders, 'close');
await once(orders, 'line');

/** @type {import('../worker-process.js').WorkerSettings & { library: string, encryptionKey: { id: string, secret: string } }} */
const settings = JSON.parse(lines.shift() ?? '');

/** @param {string} path */
const load = (path) => import(pathToFileURL(join(settings.library, path)).href);

const { createLlavero, centry, tray } = await load('entry-points/llavero.js');
const { swapPorts } = await load('app/container/swap-ports.js');
const { systemClock } = await load('adapters/time/system-clock.js');
const { walkAuthorization } = await load('testing/stand-ins/walk-authorization.js');

/** @param {object} line */
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

process.on('unhandledRejection', (reason) => {
  say({ unhandled: String(reason) });
  process.exitCode = 70;
});

let movedByMs = 0;
const deadly = await deadlyPorts({ load, plans: settings.plans ?? {}, say });

/** @param {import('../worker-process.js').WorkerProvider} provider */
const presetOf = ({ kind, options, requestRate }) => {
  const preset = kind === 'centry' ? centry(options) : tray(options);
  return requestRate === undefined
    ? preset
    : { ...preset, configure: (/** @type {unknown} */ rules) => ({ ...preset.configure(rules), requestRate }) };
};

const { memoryStore } = await load('entry-points/stores-memory.js');
const { sqliteStore } = await load('entry-points/stores-sqlite.js');
const { loadBetterSqlite3 } = await load('adapters/stores/sqlite/driver.js');
const Database = await loadBetterSqlite3();

const openStore = () => {
  if (settings.kept === 'memory') return memoryStore();
  if (settings.kept === 'lent') return sqliteStore({ database: new Database(settings.path) });
  return deadly.store({ path: settings.path, ...settings.store });
};

/** One llavero for each clock: what it sees is the same file, so much later. @param {number} aheadMs */
const open = (aheadMs) => {
  const system = systemClock();
  const passedMs = () => aheadMs + movedByMs;
  const clock = {
    ...system,
    nowMs: () => system.nowMs() + passedMs(),
    monotonicMs: () => system.monotonicMs() + passedMs(),
  };
  return createLlavero({
    providers: settings.providers.map(presetOf),
    store: openStore(),
    encryption: { keys: [settings.encryptionKey] },
    allowHttpOnLoopback: true,
    ...(settings.storeTimeoutMs === undefined ? {} : { storeTimeoutMs: settings.storeTimeoutMs }),
    overrides: [
      swapPorts({
        clock,
        httpClient: deadly.httpClient(clock),
        eventSink: { emit: (/** @type {object} */ event) => void say({ event }) },
      }),
    ],
  });
};
const llaveros = (settings.clocksMs ?? [0]).map(open);

/** @typedef {{ generation: number, accessToken: { expose: () => string } }} Token */

/** @param {Token} token */
const view = ({ generation, accessToken }) => ({
  generation,
  fingerprint: createHash('sha256').update(accessToken.expose()).digest('hex').slice(0, 16),
});

/** @param {any} error */
const told = (error) =>
  typeof error?.code === 'string'
    ? {
        code: error.code,
        retryable: error.retryable,
        cause: error.reason?.cause,
        retryAfterMs: error.retryAfterMs,
      }
    : { code: String(error?.stack ?? error), retryable: false, retryAfterMs: undefined };

/** How often each answer came. @param {readonly Promise<Token>[]} asked */
const tally = async (asked) => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const outcome of await Promise.allSettled(asked)) {
    const answer =
      outcome.status === 'fulfilled'
        ? `${view(outcome.value).generation} ${view(outcome.value).fingerprint}`
        : told(outcome.reason).code;
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
};

/** @type {Record<string, (llavero: any, ...parameters: any[]) => Promise<unknown>>} */
const calls = {
  ready: (llavero) => llavero.ready(),
  token: async (llavero, key, options) => view(await llavero.token(key, options)),
  status: (llavero, key) => llavero.status(key),
  sweep: (llavero, options) => llavero.sweep(options),
  exchange: async (llavero, key, input) => view(await llavero.exchange(key, input)),
  authorize: async (llavero, key, options) => {
    const { url } = await llavero.authorize(key, options);
    return view(await llavero.callback(await walkAuthorization(url)));
  },
  herd: (llavero, key, callers) => tally(Array.from({ length: callers }, () => llavero.token(key))),
  every: async (llavero, keys, concurrency) => {
    /** @type {Record<string, string>} */
    const answers = {};
    const queue = [...keys];
    const lane = async () => {
      for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
        answers[key] = Object.keys(await tally([llavero.token(key)])).join();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    return answers;
  },
  untilServed: async (llavero, keys, concurrency, leastWaitMs) => {
    /** @type {Record<string, string>} */
    const answers = {};
    /** @type {Record<string, number>} */
    const errors = {};
    /** @type {{ key: string, atMs: number }[]} */
    const queue = keys.map((/** @type {string} */ key) => ({ key, atMs: 0 }));
    const lane = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { key, atMs } = next;
        await setTimeout(Math.max(0, atMs - performance.now()));
        try {
          const { generation, fingerprint } = view(await llavero.token(key));
          answers[key] = `${generation} ${fingerprint}`;
        } catch (error) {
          const { code, retryable, retryAfterMs } = told(error);
          if (!retryable) answers[key] = code;
          else {
            errors[code] = (errors[code] ?? 0) + 1;
            queue.push({ key, atMs: performance.now() + Math.max(leastWaitMs, retryAfterMs ?? 0) });
            queue.sort((one, other) => one.atMs - other.atMs);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    return { answers, errors };
  },
  start: async (llavero, options) => llavero.start(options),
  close: (llavero) => llavero.close(),
  goOn: async () => deadly.goOn(),
  move: async (_llavero, ms) => {
    movedByMs = ms;
  },
};

process.on('SIGTERM', () => {
  say({ closing: true });
  process.stdin.destroy();
  void Promise.all(llaveros.map((llavero) => llavero.close())).then(() => say({ closed: true }));
});

/** @param {string} line */
const obey = async (line) => {
  const { serial, call, parameters, at } = JSON.parse(line);
  try {
    const value = await deadly.inStory(parameters[0], async () => calls[call]?.(llaveros[at], ...parameters));
    say({ serial, value });
  } catch (error) {
    say({ serial, error: told(error) });
  }
};

orders.off('line', keep);
for (const line of lines) void obey(line);
orders.on('line', (line) => void obey(line));
void nothingMore.then(() => Promise.all(llaveros.map((llavero) => llavero.close())));
