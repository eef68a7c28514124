import { standInCentry, type StandInCentry, type StandInCentryOptions } from '../../src/entry-points/testing.js';
import { hoursAgoMs, makeAccountFile } from './account-file.js';
import { startWorker, type WorkerProcess, type WorkerSettings } from './worker-process.js';

/** Accounts at a stand-in for Centry, connected hours ago: every access token has expired. */
export interface ConnectedAccounts extends AsyncDisposable {
  readonly path: string;
  readonly keys: readonly string[];
  readonly standIn: StandInCentry;
  /** A process on the same file; it is ended with the accounts at the latest. */
  readonly startWorker: (settings?: Partial<WorkerSettings>, env?: NodeJS.ProcessEnv) => Promise<WorkerProcess>;
  readonly startWorkers: (count: number) => Promise<readonly WorkerProcess[]>;
  /** Sets the provider's clock so many milliseconds ahead. */
  readonly moveProvider: (aheadMs: number) => void;
  /** The generations of all refresh tokens that were sent, once for each time, in rising order. */
  readonly sentGenerations: () => readonly number[];
}

/** A stand-in takes so many connections at once, and not thousands. */
const connectedTogether = 100;

/** Connects accounts `centry/shop-1`, `centry/shop-2` and so on, on a file of their own. */
export const connectAccounts = async (
  count: number,
  options: StandInCentryOptions = {},
): Promise<ConnectedAccounts> => {
  let aheadMs = -hoursAgoMs;
  const standIn = await standInCentry({ ...options, nowMs: () => Date.now() + aheadMs });
  const file = await makeAccountFile();
  const keys = Array.from({ length: count }, (_, index) => `centry/shop-${index + 1}`);
  const providers = [{ kind: 'centry', options: { ...standIn.settings } }] as const;
  await file.prepare(providers, hoursAgoMs, async (llavero) => {
    for (let at = 0; at < keys.length; at += connectedTogether) {
      const some = keys.slice(at, at + connectedTogether);
      await Promise.all(some.map((key) => llavero.exchange(key, { code: standIn.issueCode() })));
    }
  });
  aheadMs = 0;

  const workers: WorkerProcess[] = [];
  const start = async (settings: Partial<WorkerSettings> = {}, env?: NodeJS.ProcessEnv): Promise<WorkerProcess> => {
    const worker = await startWorker({ path: file.path, providers, ...settings }, env);
    workers.push(worker);
    return worker;
  };
  return {
    path: file.path,
    keys,
    standIn,
    startWorker: start,
    startWorkers: (wanted) => Promise.all(Array.from({ length: wanted }, () => start())),
    moveProvider: (ms) => {
      aheadMs = ms;
    },
    sentGenerations: () =>
      standIn.requests
        .flatMap(({ refreshToken }) => refreshToken?.generation ?? [])
        .toSorted((one, other) => one - other),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      await standIn.close();
      await file[Symbol.asyncDispose]();
    },
  };
};
