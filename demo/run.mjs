import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const cache = join(project, 'node_modules', '.cache', 'llavero-demo');
const staleAfterMs = 3_600_000;

/** Changes whenever the demo or the library it shows does. */
const fingerprint = () => {
  const sources = ['src', 'demo'].flatMap((directory) =>
    readdirSync(join(project, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of [...sources, join(project, 'package.json'), join(project, 'tsconfig.json')].toSorted()) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

/** Lets the compiled demo import `llavero` by its name, as any backend does, and find what was compiled beside it. */
const manifest = () => {
  const { name, type, exports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  return JSON.stringify({ name, type, exports }).replaceAll('./dist/', './src/');
};

/**
 * The demo and the library as JavaScript, compiled once for each state of the sources. Types are checked by `npm run types`.
 *
 * @param {string} built
 */
const compile = (built) => {
  process.stderr.write('Compiling the demo ...\n');
  const draft = `${built}.${process.pid}`;
  const compiler = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(
    process.execPath,
    [compiler, '-p', join(project, 'demo', 'tsconfig.json'), '--outDir', draft, '--noCheck'],
    { stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    process.stderr.write('The demo did not compile: the compiler has said why. Is everything installed (npm ci)?\n');
    process.exit(1);
  }
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'package.json'), manifest());
  for (const name of readdirSync(cache)) {
    const { mtimeMs = Infinity } = statSync(join(cache, name), { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > staleAfterMs) rmSync(join(cache, name), { recursive: true, force: true });
  }
  try {
    renameSync(draft, built);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
};

const built = join(cache, fingerprint());
if (!existsSync(built)) compile(built);
await import(pathToFileURL(join(built, 'demo', 'command-line.js')).href);
