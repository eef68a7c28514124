import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProcessReport } from './canary-process.js';

/** Everything that came out of a process. */
export interface CanaryProcess {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when it ended without a word. */
  readonly report: ProcessReport | undefined;
}

/** The process as compiled JavaScript, ready to be started any number of times. */
export interface CompiledProcess {
  readonly run: (plant?: string) => Promise<CanaryProcess>;
  readonly remove: () => Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

const isReport = (message: unknown): message is ProcessReport =>
  typeof message === 'object' && message !== null && 'paths' in message && 'complaints' in message;

/** What would make Node itself talk. */
const quietEnvironment = (): NodeJS.ProcessEnv => {
  const { NODE_DEBUG: _debug, NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  return env;
};

const run = async (script: string, plant?: string): Promise<CanaryProcess> => {
  const child = spawn(process.execPath, [script, ...(plant === undefined ? [] : [plant])], {
    env: quietEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let report: ProcessReport | undefined;
  child.on('message', (message) => {
    if (isReport(message)) report = message;
  });
  if (child.stdout === null || child.stderr === null) throw new Error('the process has no output');
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [exitCode, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr, report };
};

/** Compiles the process and all it needs, below node_modules, where its packages are found. Types are not checked here. */
export const compileCanaryProcess = async (): Promise<CompiledProcess> => {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'llavero-canary-'));
  const project = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, noCheck: true, allowJs: false, checkJs: false, rootDir: root, outDir: directory },
    files: [join(root, 'test', 'canary', 'canary-process.ts')],
    include: [],
  };
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', join(directory, 'tsconfig.json')], { cwd: root });
  return {
    run: (plant) => run(join(directory, 'test', 'canary', 'canary-process.js'), plant),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};
