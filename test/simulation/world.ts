import { makeProviderRegistry, policyOf } from '../../src/app/accounts/provider-registry.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { AccountRecord } from '../../src/domain/account-record.js';
import type { LlaveroEvent } from '../../src/domain/llavero-event.js';
import { defaultRefreshPolicy, type RefreshPolicy } from '../../src/domain/refresh-policy.js';
import type { Token } from '../../src/domain/token.js';
import { keyedFingerprint } from '../../src/adapters/crypto/fingerprint.js';
import { fingerprintNote } from '../../src/app/encryption/fingerprints.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { secretText } from './canary.js';
import type { Fates, Strike } from './fates.js';
import { makeLedger, type Ledger } from './ledger.js';
import type { MakeWorker } from './make-worker.js';
import type { Plan } from './plan.js';
import { makeProviderOracle, type ProviderOracle } from './provider-oracle.js';
import type { Random } from './random.js';
import { makeScheduler, type Choose, type Scheduler } from './scheduler.js';
import { simCipher } from './sim-cipher.js';
import { simClock, worldBeganMs } from './sim-clock.js';
import { simHttp } from './sim-http.js';
import type { SimProcess } from './sim-process.js';
import { clientIdOf, clientSecretOf, clientText, providerId, simProvider } from './sim-provider.js';
import { simStore } from './sim-store.js';
import type { Trace } from './trace.js';

/** One llavero. It lives as long as its process, or until it is closed. */
export interface Worker {
  readonly name: string;
  readonly process: ProcessLife;
  readonly llavero: Llavero;
  /** The client secret that its preset brings along. */
  readonly presetSecret: string | undefined;
  /** The last token it handed out, by key. */
  readonly handedOut: Map<string, Token>;
  /** What had ended by the time it had removed a key or forgotten its token. */
  readonly removed: Map<string, ReadonlySet<string>>;
  /** The access tokens it was told an API had refused. */
  readonly refused: Set<string>;
  /** The keys of which it knew two registrations: which came first is for the store to say. */
  readonly mixed: Set<string>;
  /** It has opened the store. */
  isReady: boolean;
  isClosing: boolean;
  /** It was closed, and gave up on what it could not write by then; sooner on what could be had again. */
  wasAbandoned: (isReplaceable: boolean) => boolean;
}

/** A process with what may happen to it. */
export interface ProcessLife extends SimProcess {
  readonly slot: number;
  pausedUntilMs: number;
  /** How long it was paused in all. */
  pausedMs: number;
}

/** A time in which the provider was down, in milliseconds since the world began. */
export interface Outage {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** A call that has not been answered yet. */
export interface OpenCall {
  readonly worker: Worker;
  readonly what: string;
}

export interface World {
  readonly plan: Plan;
  /** The numbers that hold for the provider. */
  readonly policy: RefreshPolicy;
  readonly keys: readonly [string, ...string[]];
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly oracle: ProviderOracle;
  readonly ledger: Ledger;
  readonly trace: Trace;
  readonly violations: readonly string[];
  readonly violation: (text: string) => void;
  readonly events: readonly LlaveroEvent[];
  readonly openCalls: Set<OpenCall>;
  /** Those that are over. */
  readonly outages: Outage[];
  /** Those that live and are not closing. */
  readonly workers: () => readonly Worker[];
  readonly startWorker: (slot: number) => Worker;
  readonly retire: (worker: Worker) => void;
  readonly processOf: (slot: number) => ProcessLife;
  /** Ends a process with everything it had under way, and starts it again after a while. */
  readonly crash: (slot: number, restartAfterMs: number) => void;
  /** How many processes died. */
  readonly deaths: () => number;
  readonly pause: (slot: number, ms: number) => void;
  readonly jump: (slot: number, ms: number) => void;
  /** Whether any wall clock was ever wrong. */
  readonly hasJumped: () => boolean;
  /** By how much wall clocks were moved, all together. */
  readonly jumpedMs: () => number;
  readonly setClocksRight: () => void;
  readonly wallMs: (process: SimProcess) => number;
  /** The right time, in Unix milliseconds. */
  readonly trueMs: () => number;
  readonly record: (key: string) => AccountRecord | undefined;
  /** The store's change of an account that made it what it is. */
  readonly changedMs: (key: string) => number;
  /** An operator asks for another try of an account. */
  readonly hurry: (key: string) => void;
  /** Until when the provider itself asked to be left alone. */
  readonly namedUntilMs: () => number;
  /** No new move is made before then. */
  readonly hold: (untilMs: number) => void;
  readonly heldUntilMs: () => number;
  /** Somebody gave a reason to ask the provider although nothing is due. */
  readonly provoke: (key: string) => void;
  readonly provocations: (key: string) => number;
  /** An API is going to be said to have refused this access token. */
  readonly willRefuse: (accessToken: string) => void;
  readonly wasRefused: (accessToken: string) => boolean;
  readonly codeGranted: (code: string) => void;
  /** When a code was granted. */
  readonly grantedMs: (code: string) => number;
}

export interface WorldParts {
  readonly plan: Plan;
  readonly random: Random;
  readonly fates: Fates;
  readonly choose: Choose;
  readonly trace: Trace;
  readonly makeWorker: MakeWorker;
  /** Told some time after a process was struck, when what it had begun for this key has settled. */
  readonly onSettled: (world: World, key: string) => void;
}

/** What a story tells of a record. */
const shown = (record: AccountRecord | undefined): string => {
  if (record === undefined) return 'gone';
  const { generation, invalidated, attempt, failure } = record;
  return JSON.stringify({ generation, invalidated, attempt, failure });
};

/** A provider, a store and processes full of llaveros, in which nothing happens unless the scheduler lets it. */
export const makeWorld = ({ plan, random, fates, choose, trace, makeWorker, onSettled }: WorldParts): World => {
  const scheduler = makeScheduler(choose, trace);
  const violations: string[] = [];
  const violation = (text: string): void => {
    violations.push(`at ${scheduler.nowMs()} ms: ${text}`);
    trace.add(`VIOLATION ${text}`);
  };
  const cipher = simCipher();
  const oracle = makeProviderOracle(plan.rules, scheduler.nowMs, random);
  const inner = memoryStore();
  const records = new Map<string, AccountRecord>();
  const events: LlaveroEvent[] = [];
  const openCalls = new Set<OpenCall>();
  const refusedTokens = new Set<string>();
  const provocations = new Map<string, number>();
  const codes = new Map<string, number>();
  const changes = new Map<string, number>();
  const processes: ProcessLife[] = [];
  const wallOffsets: number[] = [];
  const living = new Set<Worker>();
  const dead = new Set<ProcessLife>();
  const current: ProcessLife[] = [];
  const hurries = new Set<string>();
  let hostOffsetMs = 0;
  let namedUntilMs = -Infinity;
  let heldUntilMs = -Infinity;
  let jumpedMs = 0;
  let randoms = 0;
  /** By the secret of the store's own, as soon as a process has made it. */
  let fingerprint = keyedFingerprint('');

  const providerWith = (presetSecret: string | undefined) =>
    simProvider({
      grant: plan.grant,
      presetSecret,
      accessLifetimeMs: plan.rules.accessLifetimeMs,
      rotation: plan.declared,
    });
  const { find } = makeProviderRegistry([providerWith(undefined)], policyOf(defaultRefreshPolicy, plan.policy));
  const policy = find(providerId)?.policy ?? defaultRefreshPolicy;

  const ledger = makeLedger({
    oracle,
    cipher,
    nowMs: scheduler.nowMs,
    rules: {
      ...policy,
      repeatable: plan.grant === 'client' || plan.declared === 'none',
      recoversAtOnce: policy.recovery === 'retry' || typeof plan.declared === 'object',
    },
    verdict: plan.rules.verdict,
    fingerprintOf: (clientSecret) => fingerprint(clientText(clientSecret)),
    applicationOf: (clientSecret) => fingerprint(clientIdOf(clientSecret)),
    grantedMs: (code) => codes.get(code) ?? -Infinity,
    mayHurry: (key) => hurries.has(key),
    windowsHold: () => plan.clock === 'server' || jumpedMs === 0,
    tokenCreates: plan.grant === 'client' && plan.presetIsComplete,
    clocksAgree: () => jumpedMs === 0,
    refreshTokensStay: plan.rules.rotation === 'none' || plan.rules.rotation === 'sometimes',
    violation,
  });

  /** Asked by everybody, and with force, when the attempt of a process that was struck has settled. */
  const followUp = (key: string): void => {
    const { attemptTtlMs, settleMs } = policy;
    scheduler.add({
      what: 'what was under way has settled',
      atMs: scheduler.nowMs() + attemptTtlMs + settleMs + random.below(20_000),
      owner: undefined,
      isTimer: true,
      run: () => onSettled(world, key),
    });
  };

  const strikeAt =
    (slot: number) =>
    (strike: Strike, key: string): void => {
      if (strike === 'crash') crash(slot, random.pick([0, 100, 5_000, 100_000]));
      else pause(slot, random.pick([150_000, 5_000, 25_000, 45_000, 100_000, 250_000]));
      if (key !== '' && random.chance(0.6)) followUp(key);
    };

  const startProcess = (slot: number): ProcessLife => {
    const number = processes.length;
    const life: ProcessLife = {
      slot,
      name: `process ${slot} (${number})`,
      pausedUntilMs: 0,
      pausedMs: 0,
      wallOffsetMs: () => (plan.clock === 'host' ? hostOffsetMs : (wallOffsets[slot] ?? 0)),
      isAlive: () => !dead.has(life),
    };
    processes.push(life);
    current[slot] = life;
    return life;
  };
  const processOf = (slot: number): ProcessLife => {
    const life = current[slot];
    return life === undefined || dead.has(life) ? startProcess(slot) : life;
  };

  const changed = (key: string, before: AccountRecord | undefined, after: AccountRecord | undefined): void => {
    if (after === undefined) records.delete(key);
    else records.set(key, after);
    changes.set(key, scheduler.nowMs());
    trace.add(`  ${key} is ${shown(after)}`);
    ledger.changed(key, before, after);
  };

  // Half the worlds of one host are of a host that names its boot.
  const bootId = plan.clock === 'host' && plan.seed % 4 < 2 ? 'boot-1' : undefined;
  let workersMade = 0;
  const startWorker = (slot: number): Worker => {
    const process = processOf(slot);
    workersMade += 1;
    const name = `worker ${workersMade} of process ${slot}`;
    const started = new Map<string, string>();
    const clock = simClock(scheduler, process, name, bootId);
    const isAnother = plan.swapsClients && random.chance(0.2);
    const presetSecret = plan.presetIsComplete ? clientSecretOf(isAnother ? 'another' : 'ours', 0) : undefined;
    const llavero = makeWorker({
      provider: providerWith(presetSecret),
      policy: plan.policy,
      clock,
      cipher,
      store: simStore({
        inner,
        scheduler,
        process,
        who: name,
        fates,
        serverNowMs: () => (plan.clock === 'server' ? Math.floor(worldBeganMs + scheduler.nowMs()) : undefined),
        onChange: changed,
        onNote: (noteName, text) => {
          trace.add(`  ${noteName} says ${text ?? 'nothing'}`);
          if (noteName === fingerprintNote) fingerprint = keyedFingerprint(cipher.textOf(text ?? '') ?? '');
        },
        strike: strikeAt(slot),
      }),
      http: simHttp({
        scheduler,
        process,
        sender: {
          name,
          slot,
          isAlive: process.isAlive,
          wasAbandoned: (isReplaceable) => worker.wasAbandoned(isReplaceable),
        },
        clock,
        fates,
        oracle,
        ledger,
        settleMs: policy.settleMs,
        accessLifetimeMs: plan.rules.accessLifetimeMs,
        toldLifetimeMs: plan.rules.toldLifetimeMs,
        verdict: plan.rules.verdict,
        named: (ms) => {
          namedUntilMs = Math.max(namedUntilMs, scheduler.nowMs() + Math.min(ms, policy.retryAfterMaxMs));
        },
        attemptOf: (key) => started.get(key),
        strike: strikeAt(slot),
      }),
      randomness: {
        token: (bytes) => {
          randoms += 1;
          return bytes >= 32 ? secretText('rnd', randoms) : `random-${randoms}`;
        },
        fraction: random.fraction,
      },
      events: {
        emit: (event) => {
          events.push(event);
          trace.add(`  ${name} tells ${event.type} of ${event.key}`);
          if (event.type === 'renewal_started') started.set(event.key, event.attempt);
        },
      },
    });
    const worker: Worker = {
      name,
      process,
      llavero,
      presetSecret,
      handedOut: new Map(),
      removed: new Map(),
      refused: new Set(),
      mixed: new Set(),
      isReady: false,
      isClosing: false,
      wasAbandoned: () => false,
    };
    living.add(worker);
    return worker;
  };

  const crash: World['crash'] = (slot, restartAfterMs) => {
    const life = processOf(slot);
    trace.add(`  process ${slot} dies`);
    dead.add(life);
    const lost = [...living].filter(({ process }) => process === life);
    for (const worker of lost) living.delete(worker);
    for (const call of openCalls) if (call.worker.process === life) openCalls.delete(call);
    for (const { orphaned } of scheduler.drop(life)) if (random.chance(0.5)) orphaned?.();
    scheduler.add({
      what: `process ${slot} starts again`,
      atMs: scheduler.nowMs() + restartAfterMs,
      owner: undefined,
      isTimer: true,
      run: () => {
        for (const _worker of lost) startWorker(slot);
      },
    });
  };

  const pause: World['pause'] = (slot, ms) => {
    const life = processOf(slot);
    trace.add(`  process ${slot} pauses for ${ms} ms`);
    const untilMs = scheduler.nowMs() + ms;
    life.pausedMs += Math.max(0, untilMs - Math.max(life.pausedUntilMs, scheduler.nowMs()));
    life.pausedUntilMs = Math.max(life.pausedUntilMs, untilMs);
  };

  const [firstKey, ...otherKeys] = Array.from({ length: plan.keys }, (_, at) => `${providerId}/k${at + 1}`);
  for (let worker = 0; worker < plan.workers; worker += 1) startWorker(worker % plan.processes);

  const world: World = {
    plan,
    policy,
    keys: [firstKey ?? `${providerId}/k1`, ...otherKeys],
    random,
    scheduler,
    oracle,
    ledger,
    trace,
    violations,
    violation,
    events,
    openCalls,
    outages: [],
    workers: () => [...living].filter(({ isClosing }) => !isClosing),
    startWorker,
    retire: (worker) => {
      living.delete(worker);
    },
    processOf,
    crash,
    deaths: () => dead.size,
    pause,
    jump: (slot, ms) => {
      jumpedMs += Math.abs(ms);
      trace.add(`  the wall clock of ${plan.clock === 'host' ? 'all' : slot} jumps by ${ms} ms`);
      if (plan.clock === 'host') hostOffsetMs += ms;
      else wallOffsets[slot] = (wallOffsets[slot] ?? 0) + ms;
    },
    hasJumped: () => jumpedMs > 0,
    jumpedMs: () => jumpedMs,
    setClocksRight: () => {
      hostOffsetMs = 0;
      wallOffsets.length = 0;
    },
    wallMs: (process) => Math.floor(worldBeganMs + scheduler.nowMs() + process.wallOffsetMs()),
    trueMs: () => worldBeganMs + scheduler.nowMs(),
    record: (key) => records.get(key),
    changedMs: (key) => changes.get(key) ?? -Infinity,
    hurry: (key) => {
      hurries.add(key);
      ledger.hurried();
    },
    namedUntilMs: () => namedUntilMs,
    hold: (untilMs) => {
      heldUntilMs = Math.max(heldUntilMs, untilMs);
    },
    heldUntilMs: () => heldUntilMs,
    provoke: (key) => {
      provocations.set(key, (provocations.get(key) ?? 0) + 1);
    },
    provocations: (key) => provocations.get(key) ?? 0,
    willRefuse: (accessToken) => {
      refusedTokens.add(accessToken);
    },
    wasRefused: (accessToken) => refusedTokens.has(accessToken),
    codeGranted: (code) => {
      codes.set(code, scheduler.nowMs());
    },
    grantedMs: (code) => codes.get(code) ?? -Infinity,
  };
  return world;
};
