import { fork, spawnSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from './entry-points.mjs';
import { addReport, newState, readState, totalOf, writeState } from './simulation-state.mjs';

// `npm run simulate -- --base 10000000 --seeds 300000` runs these seeds of the simulation, and goes on where it was stopped.
const usage = 'npm run simulate -- [--base N] [--seeds 300000] [--state FILE], with whole numbers';
const lanes = 2;
const tellEvery = 10_000;
const directory = join(projectRoot, '.simulation');

/** @param {string | undefined} text @param {number} otherwise */
const wholeNumber = (text, otherwise) => {
  const number = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is no whole number`);
  return number;
};

/** What was asked for; where a state is named and no base, that of the state. */
const asked = () => {
  try {
    const text = /** @type {const} */ ({ type: 'string' });
    const { values } = parseArgs({ options: { base: text, seeds: text, state: text } });
    const earlier = values.state === undefined ? undefined : readState(values.state);
    const base = wholeNumber(values.base, earlier?.base ?? randomInt(2 ** 24, 2 ** 31 - 2 ** 24));
    const seeds = wholeNumber(values.seeds, earlier?.seeds ?? 300_000);
    return { base, seeds, file: values.state ?? join(directory, `${seeds}-seeds-from-${base}.json`) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return process.exit(2);
  }
};

/** @param {string} to */
const compile = (to) => {
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--ignoreConfig', '--noCheck', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
  const places = ['--rootDir', projectRoot, '--outDir', to];
  const program = join('test', 'simulation', 'seeds-process.ts');
  const { status } = spawnSync(process.execPath, [compiler, ...options, ...places, program], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  if (status === 0) return join(to, 'test', 'simulation', 'seeds-process.js');
  console.error('The simulation did not compile: the compiler has said why.');
  return process.exit(2);
};

/** Changes whenever a seed could mean another story. @param {string} of */
const fingerprint = (of) => {
  const files = readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(of, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
};

/** @param {number} number */
const inWords = (number) => number.toLocaleString('en');

/** @type {(() => void)[]} */
const stops = [];
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    for (const stop of stops) stop();
  });
}

const { base, seeds, file } = asked();
mkdirSync(directory, { recursive: true });
const compiled = mkdtempSync(join(directory, 'compiled-'));
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }));
const program = compile(compiled);
const sources = fingerprint(compiled);

const earlier = readState(file);
if (earlier !== undefined && (earlier.base !== base || earlier.seeds !== seeds)) {
  console.error(`${file} is of ${earlier.seeds} seeds from ${earlier.base}: name another one, or remove it.`);
  process.exit(2);
}
const isOther = earlier !== undefined && earlier.sources !== sources;
if (isOther)
  console.log('The sources have changed since it was stopped, and seeds mean other stories now: it begins anew.');
const state = earlier === undefined || isOther ? newState(base, seeds, sources, lanes) : earlier;
const again = `npm run simulate -- --base ${base} --seeds ${seeds} --state ${file}`;
const before = totalOf(state).schedules;
console.log(
  `${inWords(seeds)} seeds from ${base}${before > 0 ? `, of which ${inWords(before)} are done` : ''}; again, or on after a stop: ${again}`,
);

const sinceMs = performance.now();
const progress = () => {
  const { schedules, failures } = totalOf(state);
  const perSecond = (schedules - before) / ((performance.now() - sinceMs) / 1_000);
  const leftMinutes = Math.ceil((seeds - schedules) / perSecond / 60);
  console.log(
    `${inWords(schedules)} of ${inWords(seeds)} seeds, ${failures.length} with violations; ${perSecond.toFixed(0)} a second, ${leftMinutes} min left`,
  );
};

let told = Math.floor(before / tellEvery);
/** @param {import('./simulation-state.mjs').LaneState} lane @param {number} number @returns {Promise<boolean>} whether it ran to its end */
const run = (lane, number) =>
  new Promise((resolve) => {
    const child = fork(program, [String(number), String(lane.next), String(base + seeds)]);
    stops.push(() => child.kill('SIGKILL'));
    child.on('message', (/** @type {import('./simulation-state.mjs').LaneState} */ report) => {
      addReport(lane, report);
      writeState(file, state);
      for (const { seed, violations } of report.failures) {
        const replay = `again: LLAVERO_SEED=${seed} npx vitest run test/simulation`;
        console.log([`seed ${seed}`, ...violations.map((text) => `  ${text}`), `  ${replay}`].join('\n'));
      }
      const tens = Math.floor(totalOf(state).schedules / tellEvery);
      if (tens > told) progress();
      told = tens;
    });
    child.on('exit', () => {
      const isDone = lane.next >= base + seeds;
      if (!isDone && !isStopped)
        console.error(`Lane ${number} ended by itself, somewhere in the seeds from ${lane.next}.`);
      resolve(isDone);
    });
  });

const ends = await Promise.all(state.lanes.map(run));
const { schedules, failures, seen } = totalOf(state);
if (isStopped) {
  console.log(
    `Stopped after ${inWords(schedules)} of ${inWords(seeds)} seeds, ${failures.length} with violations; to go on: ${again}`,
  );
  process.exit(130);
}
const figures = Object.entries(seen).map(([what, times]) => `${times} ${what}`);
console.log(
  `simulation: ${schedules} schedules of ${seeds} seeds from ${base}, ${failures.length} with violations; ${figures.join(', ')}`,
);
if (failures.length > 0) console.log(`violations: ${failures.map(({ seed }) => seed).join(', ')}`);
process.exit(failures.length > 0 || ends.includes(false) ? 1 : 0);
