import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('.', import.meta.url));
const installedFrom = fileURLToPath(new URL('node_modules/.installed-from', import.meta.url));

/** Installs what the lock file says beside the benchmark, unless it is there already. The library itself needs none of it. */
export const installPeers = () => {
  const lock = readFileSync(new URL('package-lock.json', import.meta.url));
  const fingerprint = createHash('sha256').update(lock).digest('hex');
  if (existsSync(installedFrom) && readFileSync(installedFrom, 'utf8') === fingerprint) return;
  console.log('Installing what llavero is compared with ...');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    console.error('The peers could not be installed: npm has said why.');
    process.exit(1);
  }
  writeFileSync(installedFrom, fingerprint);
};
