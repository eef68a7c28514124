import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

// Every test in which dates and times come in, once in each zone, at its short size: `node scripts/test-time-zones.mjs [zone ...]`
const given = process.argv.slice(2);
const zones = given.length > 0 ? given : ['America/Santiago', 'Asia/Tokyo'];
/** Virtual time, real processes, secrets, and the tree itself: no zone can change them. */
const without = ['canary', 'conventions', 'documents', 'package', 'planted-bugs', 'processes', 'simulation'].map(
  (name) => `test/${name}`,
);
const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');

for (const zone of zones) {
  console.log(`Running every test with TZ=${zone} ...`);
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=minimal', ...without.map((directory) => `--exclude=${directory}/**`)],
    {
      cwd: projectRoot,
      stdio: 'inherit',
      env: { ...process.env, TZ: zone, LLAVERO_TEST_SIZE: 'short' },
    },
  );
  if (status !== 0) {
    console.error(`A test failed with TZ=${zone}. To see only this: TZ=${zone} npm test`);
    process.exit(1);
  }
}
