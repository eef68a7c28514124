import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './entry-points.mjs';

// `npm run figures` prints how much of llavero one renewal runs, file by file; `--json` prints the same as data.
//
// A process connects an account at a stand-in for Centry, which runs in this one, keeps it in a SQLite file, and lets the
// token expire twice. Counted is the second renewal, from the call of `token()` to its answer, by V8's precise coverage:
// - a function of ours counts when it was entered in that time, a callback within a function too; a file, when one of its
//   functions does. What a module runs while it is loaded counts only if this renewal loads it: all have been loaded before;
// - a write lock is a `BEGIN IMMEDIATE`; it wrote if a `COMMIT` followed.

/**
 * @typedef {object} Script what V8 says of one module: the first range of a function is the function itself
 * @property {string} url
 * @property {readonly { readonly ranges: readonly { readonly count: number }[] }[]} functions
 */

/** @param {readonly Script[]} scripts */
const ranIn = (scripts) => {
  const counts = scripts.map(({ functions }) =>
    functions.map(({ ranges: [whole] }) => whole?.count ?? 0).filter((count) => count > 0),
  );
  return {
    files: counts.filter(({ length }) => length > 0).length,
    functions: counts.flat().length,
    calls: counts.flat().reduce((sum, count) => sum + count, 0),
  };
};

/** Coverage as it was written after the renewal: since the writing before it. @param {string} directory */
const coverageOfRenewal = (directory) => {
  const [, renewal] = readdirSync(directory)
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')))
    .toSorted((one, other) => one.timestamp - other.timestamp);
  /** @type {readonly Script[]} */
  const scripts = renewal.result;
  return scripts;
};

const renewalFigures = async () => {
  const { standInCentry } = await import('llavero/testing');
  const directory = mkdtempSync(join(tmpdir(), 'llavero-figures-'));
  const coverage = join(directory, 'coverage');
  const lifetimeMs = 1_000;
  const provider = await standInCentry({ accessTokenLifetimeMs: lifetimeMs });
  try {
    const settings = JSON.stringify(provider.settings);
    const program = join(projectRoot, 'scripts', 'one-renewal.mjs');
    const child = fork(program, [join(directory, 'llavero.db'), String(lifetimeMs), provider.issueCode(), settings], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    });
    /** @type {string[]} */
    const executed = [];
    child.on('message', (/** @type {string[]} */ statements) => executed.push(...statements));
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`the process that renews ended with ${status}`);
    const scripts = coverageOfRenewal(coverage);
    const ours = pathToFileURL(join(projectRoot, 'dist/')).href;
    const scriptsOfOurs = scripts.filter(({ url }) => url.startsWith(ours));
    const perFile = scriptsOfOurs.map((script) => ({ file: script.url.slice(ours.length), ...ranIn([script]) }));
    return {
      ...ranIn(scriptsOfOurs),
      perFile: perFile.filter(({ functions }) => functions > 0).map(({ file, functions }) => ({ file, functions })),
      fpTsCalls: ranIn(scripts.filter(({ url }) => url.includes('/node_modules/fp-ts/'))).calls,
      writeLocks: executed.filter((source) => source === 'BEGIN IMMEDIATE').length,
      writes: executed.filter((source) => source === 'COMMIT').length,
    };
  } finally {
    await provider.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

const figures = await renewalFigures();
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
else {
  const { files, functions, calls, fpTsCalls, writeLocks, writes, perFile } = figures;
  for (const { file, functions: ran } of perFile.toSorted((one, other) => other.functions - one.functions)) {
    console.log(`${String(ran).padStart(4)}  ${file}`);
  }
  console.log(`One renewal on SQLite runs ${functions} functions of ${files} files of ours in ${calls} calls,`);
  console.log(
    `calls functions of fp-ts ${fpTsCalls} times, and takes ${writeLocks} write locks, of which ${writes} write.`,
  );
}
