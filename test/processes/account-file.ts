import { join } from 'node:path';
import type { Clock } from '../../src/ports/clock.js';
import { systemClock } from '../../src/adapters/time/system-clock.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import { centry, createLlavero, tray, type Llavero } from '../../src/entry-points/llavero.js';
import { sqliteStore } from '../../src/entry-points/stores-sqlite.js';
import { makeScratchDirectory } from './scratch-directory.js';
import type { WorkerProvider } from './worker-process.js';

/** The key that every process of a test seals with. */
export const encryptionKey = { id: '2026-11', secret: Buffer.alloc(32, 7).toString('base64') };

/** Longer than the access tokens of any stand-in live. */
export const hoursAgoMs = 4 * 3_600_000;

/** A file of accounts in a directory of its own. */
export interface AccountFile extends AsyncDisposable {
  readonly path: string;
  /** Works on the file as it would have been done so many milliseconds ago, and closes it. */
  readonly prepare: (
    providers: readonly WorkerProvider[],
    agoMs: number,
    work: (llavero: Llavero) => Promise<void>,
  ) => Promise<void>;
}

/** This host's clock as it was so long ago. */
const clockOf = (agoMs: number): Clock => {
  const system = systemClock();
  return { ...system, nowMs: () => system.nowMs() - agoMs, monotonicMs: () => system.monotonicMs() - agoMs };
};

/** Where the processes of one test meet; disposing of it deletes everything there. */
export const makeAccountFile = async (): Promise<AccountFile> => {
  const scratch = await makeScratchDirectory();
  const path = join(scratch.directory, 'llavero.db');
  return {
    path,
    prepare: async (providers, agoMs, work) => {
      await using llavero = createLlavero({
        providers: providers.map(({ kind, options }) => (kind === 'centry' ? centry(options) : tray(options))),
        store: sqliteStore({ path }),
        encryption: { keys: [encryptionKey] },
        allowHttpOnLoopback: true,
        overrides: [swapPorts({ clock: clockOf(agoMs) })],
      });
      await work(llavero);
    },
    [Symbol.asyncDispose]: scratch[Symbol.asyncDispose],
  };
};
