import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { cleanUpOnce } from './left-behind.js';

/** How a process ended, and everything it printed. */
export interface EndedProcess {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way; disposing of it kills it, and so does the end of the test file. */
export interface StartedProcess extends AsyncDisposable {
  readonly ended: Promise<EndedProcess>;
}

/** Starts a script in a plain Node process of its own, without the test runner's loaders. */
export const startProcess = (
  script: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): StartedProcess => {
  const child = spawn(process.execPath, [script, ...parameters], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? undefined));
  });
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(([exitCode, stdout, stderr]) => ({
    exitCode,
    stdout,
    stderr,
  }));
  return {
    ended,
    [Symbol.asyncDispose]: cleanUpOnce(() => {
      child.kill('SIGKILL');
      return ended;
    }),
  };
};

/** Runs a script in a plain Node process of its own until it ends. */
export const runProcess = (script: string, ...parameters: readonly string[]): Promise<EndedProcess> =>
  startProcess(script, parameters).ended;
