import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { manifest, projectRoot } from './entry-points.mjs';

/** What has to hold, in the order in which a failure is cheapest to find, and the npm script that says whether it does. */
const steps = [
  { claim: 'every file is formatted', script: 'format:check', remedy: 'npm run format' },
  { claim: 'no rule of the linter is broken', script: 'lint' },
  { claim: 'sources, tests and scripts are well typed', script: 'types' },
  { claim: 'layers, names and imports keep the conventions', script: 'conventions' },
  { claim: 'nothing is exported or installed that nobody uses', script: 'unused' },
  { claim: 'the package builds', script: 'build' },
  { claim: 'the package can be published and its types resolve', script: 'package:check' },
  { claim: 'the public API is the one that was agreed on', script: 'api:check', remedy: 'npm run api' },
  { claim: 'every test passes', script: 'test', isTest: true },
  { claim: 'what has to do with dates passes west and east of Greenwich as well', script: 'test:tz', isTest: true },
];

/** @param {number} since */
const elapsed = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** @param {string} command @param {boolean} visible */
const run = (command, visible) =>
  spawnSync(command, {
    cwd: projectRoot,
    shell: true,
    stdio: visible ? 'inherit' : 'pipe',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: join(projectRoot, 'node_modules', '.bin') + delimiter + process.env['PATH'] },
  });

const withoutTests = process.argv.includes('--without-tests');
const { scripts } = manifest();
const start = performance.now();

for (const { claim, script, remedy, isTest = false } of steps) {
  if (isTest && withoutTests) continue;
  console.log(`Checking that ${claim} ...`);
  const since = performance.now();
  const { status, stdout, stderr } = run(scripts[script] ?? '', isTest);
  if (status === 0) {
    console.log(`  yes, ${elapsed(since)}`);
    continue;
  }
  console.error([stdout, stderr].filter((output) => output !== null && output !== '').join('\n'));
  const repair = remedy === undefined ? '' : ` To repair it: ${remedy}`;
  console.error(`It is not so that ${claim} (${elapsed(since)}). To see only this: npm run ${script}.${repair}`);
  process.exit(1);
}
console.log(`Everything checked${withoutTests ? ' but the tests' : ''}, ${elapsed(start)}`);
