import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../scripts/entry-points.mjs';
import type { EndedProcess } from '../processes/run-process.js';

export interface DemoProcess {
  readonly ended: Promise<EndedProcess>;
  /** Everything it has printed to stdout, once this pattern is in it. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Writes a line to its stdin, and nothing more after that. */
  readonly paste: (line: string) => void;
  readonly signal: (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => void;
}

/** Starts what `npm run demo` starts, with nothing in the environment but `env` and the path. */
export const startDemo = (parameters: readonly string[], env: Readonly<Record<string, string>> = {}): DemoProcess => {
  const child = spawn(process.execPath, [join(projectRoot, 'demo', 'run.mjs'), ...parameters], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exitCode = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? undefined));
  });
  let soFar = '';
  const looks = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    soFar += chunk.toString('utf8');
    for (const look of looks) look();
  });
  const end = async (): Promise<EndedProcess> => {
    const [code, stderr] = await Promise.all([exitCode, text(child.stderr)]);
    return { exitCode: code, stdout: soFar, stderr };
  };
  const ended = end();
  child.stdin.on('error', () => undefined);
  return {
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(soFar);
          if (found !== null) resolve(found);
        };
        looks.add(look);
        look();
        void ended.then(({ stderr }) =>
          reject(new Error(`the demo ended before it printed ${pattern.source}: ${stderr}`)),
        );
      }),
    paste: (line) => child.stdin.end(`${line}\n`),
    signal: (signal) => {
      child.kill(signal);
    },
  };
};

/** Runs it to its end, with an empty stdin. */
export const runDemo = (
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<EndedProcess> => {
  const demo = startDemo(parameters, env);
  demo.paste('');
  return demo.ended;
};
