import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a process ended, and everything it printed. */
export interface EndedProcess {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a plain Node process of its own, without the test runner's loaders, until it ends. */
export const runProcess = async (script: string, ...parameters: readonly string[]): Promise<EndedProcess> => {
  const child = spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? undefined));
  });
  const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
};
