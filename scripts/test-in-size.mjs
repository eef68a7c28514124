import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

// The whole suite in a size: `node scripts/test-in-size.mjs normal` takes a quarter of an hour, `long` hours.
const [size = 'normal', ...more] = process.argv.slice(2);
const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...more], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: { ...process.env, LLAVERO_TEST_SIZE: size },
});
process.exit(status ?? 1);
