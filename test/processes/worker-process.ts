import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CredentialStatus, LlaveroEvent, SweepReport } from '../../src/entry-points/llavero.js';
import { encryptionKey } from './account-file.js';
import { buildOnce } from './build-once.js';
import { cleanUpOnce } from './left-behind.js';

/** Where a worker is held or dies: at the first such operation of its story, which is a key's. */
export interface KillPlan {
  readonly story: string;
  readonly operation: string;
  /**
   * `inside` is in the open transaction, after its writes and before its commit: there the process always dies. It waits for
   * `goOn`, so that several such stories are in one transaction.
   */
  readonly when: 'before' | 'inside' | 'after';
  /** Kills the process by SIGKILL; otherwise the story is held there for ever, if it is not `inside`. */
  readonly dies: boolean;
}

/** A preset and what it is given. */
export interface WorkerProvider {
  readonly kind: 'centry' | 'tray';
  readonly options: Readonly<Record<string, unknown>>;
  /** The provider's documented rate, where a test needs another. */
  readonly requestRate?: { readonly requests: number; readonly perMs: number };
}

export interface WorkerSettings {
  /** The SQLite file. */
  readonly path: string;
  readonly providers: readonly WorkerProvider[];
  /** A llavero for each, whose wall clock is so many milliseconds ahead; one on time when left out. */
  readonly clocksMs?: readonly number[];
  /** By the key of the account. */
  readonly plans?: Readonly<Record<string, KillPlan>>;
  readonly store?: { readonly busyPatienceMs: number };
  /** On a connection of the backend's own to the file, or in memory alone; the store opens the file itself when left out. */
  readonly kept?: 'lent' | 'memory';
  /** How long each call of the store may take; the default of `createLlavero` when left out. */
  readonly storeTimeoutMs?: number;
}

/** A token as a worker tells it: nothing secret, but enough to know it again. */
export interface SeenToken {
  readonly generation: number;
  readonly fingerprint: string;
}

/** What became of callers who ask until they are served. */
export interface Served {
  /** `generation fingerprint` by key, or the code of an error that asking again does not mend. */
  readonly answers: Readonly<Record<string, string>>;
  /** How often each error came that did not last. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What a worker can be asked to do, with its parameters and its answer. */
interface WorkerCalls {
  readonly ready: { readonly takes: readonly []; readonly gives: undefined };
  readonly token: { readonly takes: readonly [key: string, options?: object]; readonly gives: SeenToken };
  readonly status: {
    readonly takes: readonly [key: string];
    readonly gives: Pick<CredentialStatus, 'state' | 'generation'>;
  };
  readonly exchange: { readonly takes: readonly [key: string, input: object]; readonly gives: SeenToken };
  /** Authorizes, walks the browser's part, and takes the callback. */
  readonly authorize: { readonly takes: readonly [key: string, options?: object]; readonly gives: SeenToken };
  readonly sweep: { readonly takes: readonly [options?: object]; readonly gives: SweepReport };
  /** Asks for a token so many times at once: how often each `generation fingerprint`, or error code, came back. */
  readonly herd: { readonly takes: readonly [key: string, callers: number]; readonly gives: Record<string, number> };
  /** Asks for the token of every key, so many at a time: `generation fingerprint`, or the error code, by key. */
  readonly every: {
    readonly takes: readonly [keys: readonly string[], concurrency: number];
    readonly gives: Record<string, string>;
  };
  /** Asks for the token of every key, so many at a time, and again when that makes sense, until each has one or never will. */
  readonly untilServed: {
    readonly takes: readonly [keys: readonly string[], concurrency: number, leastWaitMs: number];
    readonly gives: Served;
  };
  readonly start: { readonly takes: readonly [options?: object]; readonly gives: undefined };
  readonly close: { readonly takes: readonly []; readonly gives: undefined };
  /** Lets those on that stand before the transaction they are to die in. */
  readonly goOn: { readonly takes: readonly []; readonly gives: undefined };
  /** Sets the wall clock of all its llaveros so many milliseconds ahead. */
  readonly move: { readonly takes: readonly [ms: number]; readonly gives: undefined };
}

/** What became of a call. */
export type WorkerAnswer<A> =
  { readonly value: A; readonly error?: undefined } | { readonly value?: undefined; readonly error: WorkerError };

/** An error as a worker tells it: a code of the library's, or the stack of a bug. */
export interface WorkerError {
  readonly code: string;
  readonly retryable: boolean;
  readonly cause?: string;
}

/** How a worker ended. */
export interface EndedWorker {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
}

/** A backend process of its own, with a llavero in it. Disposing of it kills it, and so does the end of the test file. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
  /** `at` says which of its llaveros; the first when left out. Rejects when the process ends before it answers. */
  readonly call: <Name extends keyof WorkerCalls>(
    name: Name,
    parameters: WorkerCalls[Name]['takes'],
    at?: number,
  ) => Promise<WorkerAnswer<WorkerCalls[Name]['gives']>>;
  /** Resolves with the first line it says that passes; also one from before. Rejects when it ends without. */
  readonly says: (passes: (line: WorkerLine) => boolean) => Promise<WorkerLine>;
  readonly events: () => readonly LlaveroEvent[];
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT') => void;
  readonly ended: Promise<EndedWorker>;
  /** Gives it no more to do, and resolves once it has ended by itself. */
  readonly end: () => Promise<EndedWorker>;
}

/** One line of what a worker says. */
export interface WorkerLine {
  readonly serial?: number;
  /** The story that is at its point; inside a transaction, with the stories whose writes stand in it. */
  readonly held?: string;
  /** The story that stands before the transaction that it is to die in. */
  readonly gathered?: string;
  readonly inTransaction?: readonly string[];
  readonly closing?: boolean;
  readonly closed?: boolean;
  readonly unhandled?: string;
  readonly event?: LlaveroEvent;
}

const script = fileURLToPath(new URL('workers/worker.mjs', import.meta.url));

const isLine = (line: unknown): line is WorkerLine => typeof line === 'object' && line !== null;

const isAnswer = <A>(line: unknown): line is WorkerAnswer<A> =>
  typeof line === 'object' && line !== null && 'serial' in line;

/** Starts a worker on compiled sources; it works as soon as it is asked for something. */
export const startWorker = async (settings: WorkerSettings, env = process.env): Promise<WorkerProcess> => {
  const library = await buildOnce();
  const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ ...settings, encryptionKey, library })}\n`);
  const lines: WorkerLine[] = [];
  const listeners = new Set<(line: WorkerLine | undefined) => void>();
  const errors = text(child.stderr);

  const closed = new Promise<Omit<EndedWorker, 'stderr'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exitCode: code ?? undefined, signal: signal ?? undefined }));
  });
  const ended = closed.then(async (how) => {
    for (const listener of listeners) listener(undefined);
    return { ...how, stderr: await errors };
  });
  createInterface({ input: child.stdout }).on('line', (said) => {
    const line: unknown = JSON.parse(said);
    if (!isLine(line)) return;
    lines.push(line);
    for (const listener of listeners) listener(line);
  });

  const heard = (passes: (line: WorkerLine) => boolean): Promise<WorkerLine> =>
    new Promise((resolve, reject) => {
      const before = lines.find(passes);
      if (before !== undefined) return resolve(before);
      const listen = (line: WorkerLine | undefined): void => {
        if (line !== undefined && !passes(line)) return;
        listeners.delete(listen);
        if (line !== undefined) resolve(line);
        else void ended.then(({ stderr }) => reject(new Error(`the worker ended without a word; it said: ${stderr}`)));
      };
      listeners.add(listen);
    });

  let calls = 0;
  const call: WorkerProcess['call'] = async <Name extends keyof WorkerCalls>(
    name: Name,
    parameters: WorkerCalls[Name]['takes'],
    at = 0,
  ) => {
    calls += 1;
    const serial = calls;
    child.stdin.write(`${JSON.stringify({ serial, call: name, parameters, at })}\n`);
    const answer = await heard((line) => line.serial === serial);
    if (!isAnswer<WorkerCalls[Name]['gives']>(answer)) throw new Error(`no answer to ${name}`);
    return answer;
  };

  const end = (): Promise<EndedWorker> => {
    child.stdin.end();
    return ended;
  };
  return {
    pid: child.pid ?? 0,
    call,
    says: heard,
    events: () => lines.flatMap(({ event }) => (event === undefined ? [] : [event])),
    kill: (signal) => void child.kill(signal),
    ended,
    end,
    [Symbol.asyncDispose]: cleanUpOnce(() => {
      child.kill('SIGKILL');
      return ended;
    }),
  };
};

/** Lets a worker end by itself, and fails when it complains, or leaves a promise to reject unheard. */
export const endWell = async (worker: WorkerProcess): Promise<void> => {
  const { exitCode, signal, stderr } = await worker.end();
  deepEqual({ exitCode, signal, stderr }, { exitCode: 0, signal: undefined, stderr: '' });
};
