import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const cache = join(root, 'node_modules', '.cache', 'llavero-build');
const staleAfterMs = 3_600_000;

let building: Promise<string> | undefined;

/**
 * The directory with `src` as JavaScript, for tests that need real processes: `adapters/stores/sqlite/sqlite-store.js` and so on.
 * It is compiled once for each state of the sources and shared by all test files and runs; one test file sees one state.
 * Types are not checked here.
 */
export const buildOnce = (): Promise<string> => (building ??= build());

const build = async (): Promise<string> => {
  const built = join(cache, await fingerprint());
  if (existsSync(built)) {
    await utimes(built, new Date(), new Date());
    return built;
  }
  const draft = `${built}.${process.pid}.${performance.now()}`;
  await mkdir(draft, { recursive: true });
  await compile(draft);
  await rename(draft, built).catch(() => rm(draft, { recursive: true, force: true }));
  if (!existsSync(built)) throw new Error(`the sources compiled, but ${built} could not be put in place`);
  await forgetOldBuilds();
  return built;
};

const compile = async (directory: string): Promise<void> => {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['-p', 'tsconfig.build.json', '--outDir', directory, '--noCheck', '--declaration', 'false'];
  await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: root });
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
};

const fingerprint = async (): Promise<string> => {
  const sources = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  const files = [...sources.map((name) => join('src', name)), 'tsconfig.json', 'tsconfig.build.json'].toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0${await readFile(join(root, file), 'utf8')}\0`);
  return hash.digest('hex').slice(0, 16);
};

const forgetOldBuilds = async (): Promise<void> => {
  for (const name of await readdir(cache)) {
    const found = await stat(join(cache, name)).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > staleAfterMs) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
};
