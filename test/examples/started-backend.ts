import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A backend under way in a process of its own. */
export interface StartedBackend extends AsyncDisposable {
  /** Resolves with the first line that it prints, from now on or before, that holds `text`. */
  readonly says: (text: string) => Promise<string>;
  /** Asks it to stop, and resolves with its exit code, or the signal it died of, and with what it complained of. */
  readonly stop: () => Promise<{ readonly exit: unknown; readonly stderr: string }>;
}

/** Starts a program under plain Node. */
export const startBackend = (program: string, directory: string, env: NodeJS.ProcessEnv): StartedBackend => {
  const { NODE_OPTIONS: _options, ...own } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    cwd: directory,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let stderr = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([exitCode, signal]: readonly unknown[]) => exitCode ?? signal);
  void ended.then(wake);

  return {
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = lines.find((each) => each.includes(text));
          if (line === undefined && child.exitCode === null) return;
          waiting.delete(look);
          if (line === undefined)
            reject(new Error(`it ended with ${child.exitCode} and did not say ${text}:\n${stderr}`));
          else resolve(line);
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      child.kill('SIGTERM');
      return { exit: await ended, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** A port of 127.0.0.1 that was free a moment ago: the program has to be told its address before it listens. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('listen on a TCP port');
  return address.port;
};
