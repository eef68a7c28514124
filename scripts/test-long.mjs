import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

// The whole suite at its nightly sizes; it takes hours.
const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: { ...process.env, LLAVERO_TEST_SIZE: 'long' },
});
process.exit(status ?? 1);
