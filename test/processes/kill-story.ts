import { vi } from 'vitest';
import type { Llavero } from '../../src/entry-points/llavero.js';
import { standInCentry, standInTray, type Fault, type StandIn } from '../../src/entry-points/testing.js';
import { hoursAgoMs } from './account-file.js';
import type { KillPoint, Mode, Trouble } from './kill-points.js';
import type { KillPlan, WorkerProcess, WorkerProvider } from './worker-process.js';

/** How far a process came that was to die of a story. */
export interface Reached {
  /** It was held at its point, or died there. */
  readonly there: boolean;
  /** The accounts whose writes stood in the transaction that it died in, its own among them. */
  readonly inTransaction: readonly string[];
}

/** One account, its provider, and the point at which the process that works on it dies. */
export interface KillStory extends AsyncDisposable {
  readonly key: string;
  readonly point: KillPoint;
  readonly mode: Mode;
  readonly standIn: StandIn;
  /** The preset as it should be. */
  readonly provider: WorkerProvider;
  /** The preset as the process that dies has it. */
  readonly doomedProvider: WorkerProvider;
  /** Undefined where it is the provider that holds the request. */
  readonly plan: (dies: boolean) => KillPlan | undefined;
  /** Connects the account as hours ago, unless its first authorization is the story. */
  readonly connect: (llavero: Llavero) => Promise<void>;
  /** What an operator pastes to connect it once more. */
  readonly newCode: () => { readonly code: string; readonly apiAddress?: string };
  /** Sets a process to work on the account; resolves when it is held at the point or dies there, or has passed it by. */
  readonly reach: (worker: WorkerProcess) => Promise<Reached>;
  /** What the provider still does when the process is dead. */
  readonly afterwards: () => Promise<void>;
  /** The same account, and the point at which the next process dies of it. */
  readonly dyingAt: (point: KillPoint) => KillStory;
}

interface Scene {
  readonly standIn: StandIn;
  readonly provider: WorkerProvider;
  readonly newCode: KillStory['newCode'];
  readonly authorizeOptions: { readonly storeUrl?: string };
}

const rotations = { strict: 'strict', 'strict-family': 'strict-family', grace: { graceMs: 3_600_000 } } as const;

const faults: Readonly<Partial<Record<Trouble, Fault>>> = {
  'rate limited': { kind: 'rate-limit', retryAfter: 1 },
  'cut before processing': { kind: 'drop', when: 'before' },
  'cut after processing': { kind: 'drop', when: 'after' },
  'never processed': { kind: 'hang', when: 'before' },
  'processed after the death': { kind: 'hang', when: 'before' },
  'answer on its way': { kind: 'hang', when: 'after' },
};

const atCentry = async (id: string, settings: object, policy: object): Promise<Scene> => {
  const standIn = await standInCentry(settings);
  return {
    standIn,
    provider: { kind: 'centry', options: { ...standIn.settings, id, policy } },
    newCode: () => ({ code: standIn.issueCode() }),
    authorizeOptions: {},
  };
};

const atTray = async (id: string, settings: object, policy: object): Promise<Scene> => {
  const standIn = await standInTray(settings);
  return {
    standIn,
    provider: { kind: 'tray', options: { ...standIn.settings, id, policy } },
    newCode: () => ({ code: standIn.issueCode(), apiAddress: standIn.apiAddress }),
    authorizeOptions: { storeUrl: standIn.storeUrl },
  };
};

/** Longer than a process is held. */
const patienceMs = 120_000;

const there: Reached = { there: true, inTransaction: [] };
const past: Reached = { there: false, inTransaction: [] };

/** Nothing listens at the first address; nobody has the second secret. */
const doomed = { refused: { baseUrl: 'http://127.0.0.1:1' }, 'wrong secret': { clientSecret: 'mistaken' } } as const;

/** Sets the scene, with a provider of its own: authorizations anew play at Tray, all else at Centry. */
export const makeKillStory = async (id: string, first: KillPoint, mode: Mode, run = 0): Promise<KillStory> => {
  const key = `${id}/shop`;
  let behindMs = hoursAgoMs;
  // In grace, every other run is told that the provider tolerates the old token for a while.
  const policy = { recovery: mode === 'grace' && run % 2 === 1 ? 'retry' : 'probe' };
  const settings = { nowMs: () => Date.now() - behindMs, rotation: rotations[mode] };
  const scene = await (first.flow === 'reauthorization' ? atTray : atCentry)(id, settings, policy);
  const { standIn, provider, newCode, authorizeOptions } = scene;

  const connect = async (llavero: Llavero): Promise<void> => {
    if (first.flow !== 'first authorization') await llavero.exchange(key, newCode());
    behindMs = 0;
  };

  const dyingAt = (point: KillPoint): KillStory => {
    const { flow, at, trouble } = point;
    const mistake = trouble === 'refused' || trouble === 'wrong secret' ? doomed[trouble] : {};
    let release = (): void => undefined;
    return {
      key,
      point,
      mode,
      standIn,
      provider,
      doomedProvider: { ...provider, options: { ...provider.options, ...mistake } },
      plan: (dies) => at && { story: key, when: at[0], operation: at[1], dies },
      newCode,
      connect,
      reach: async (worker) => {
        const fault = trouble === undefined ? undefined : faults[trouble];
        const injected = fault === undefined ? undefined : standIn.inject(fault);
        release = () => injected?.release();
        const held =
          at === undefined
            ? injected?.reached.then(() => there)
            : worker
                .says((line) => line.held === key)
                .then(
                  ({ inTransaction = [] }) => ({ ...there, inTransaction }),
                  () => past,
                );
        const work =
          flow === 'renewal'
            ? worker.call('token', [key, { patienceMs }])
            : worker.call('authorize', [key, authorizeOptions]);
        // The call rejects when the process dies: whether that was at its point, the process has said before.
        const passed = work.then(
          () => past,
          () => (at === undefined ? past : (held ?? past)),
        );
        return Promise.race([held ?? passed, passed]);
      },
      afterwards: async () => {
        if (trouble !== 'processed after the death') return;
        release();
        await vi.waitUntil(() => standIn.requests.some(({ accepted, grant }) => accepted && grant === 'refresh_token'));
      },
      dyingAt,
      [Symbol.asyncDispose]: standIn.close,
    };
  };
  return dyingAt(first);
};
