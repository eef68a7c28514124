import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isBuildFresh, recordBuild, sourceFingerprint } from './build-freshness.mjs';
import { projectRoot } from './entry-points.mjs';

// `--if-stale` leaves a build alone that was made from the sources as they are.
if (process.argv.includes('--if-stale') && isBuildFresh()) process.exit(0);

console.log('Building dist from src ...');
const fingerprint = sourceFingerprint();
rmSync(join(projectRoot, 'dist'), { recursive: true, force: true });
const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: projectRoot,
  stdio: 'inherit',
});
if (status !== 0) {
  console.error('The build failed: the compiler has said why. Nothing was written to dist.');
  process.exit(1);
}
recordBuild(fingerprint);
