import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import type { ContainerModule } from 'inversify';
import { aesGcmCipher } from '../../src/adapters/crypto/aes-gcm-cipher.js';
import { eventChannelName } from '../../src/adapters/events/diagnostics-event-sink.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import { systemClock } from '../../src/adapters/time/system-clock.js';
import { swapPorts, type PortAdapters } from '../../src/app/container/swap-ports.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { LlaveroError } from '../../src/app/llavero-error.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { EncryptionKeys } from '../../src/app/llavero-options.js';
import type { RefreshPolicyOptions } from '../../src/domain/refresh-policy.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { canarySearch, type Leak } from './canary-search.js';
import { recordingCipher } from './recording-cipher.js';
import { valueSinks } from './value-sinks.js';
import { startVendor, type Vendor, type VendorName } from './vendors.js';

/** A leak, and through which sink it came out. */
export interface SunkLeak extends Leak {
  readonly sink: string;
}

/** How a backend of a stage is opened. */
export interface BackendOptions {
  /** Another server to ask in the stand-in's place. */
  readonly at?: string;
  readonly policy?: RefreshPolicyOptions;
  readonly ports?: PortAdapters;
  readonly modules?: readonly ContainerModule[];
  readonly store?: TokenStore;
  readonly encryption?: EncryptionKeys;
}

/** What one path plays on: a vendor with fresh secrets, a SQLite file, and a search that sees all that comes out. */
export interface Stage {
  readonly vendor: Vendor;
  readonly file: string;
  /** A new secret, known to the search. */
  readonly secret: (name: string) => string;
  /** Something that was found to be a secret. */
  readonly known: (name: string, text: string) => void;
  readonly keys: EncryptionKeys;
  readonly open: (options?: BackendOptions) => Llavero;
  /** Lets time pass by every clock, though nobody's wait ends sooner. */
  readonly ahead: (ms: number) => void;
  /** Runs a call and searches what it gives: the code of its error, `TypeError`, or `ok`. `show` leaves out what a caller has to see. */
  readonly end: <A>(call: () => Promise<A> | A, show?: (value: A) => unknown) => Promise<string>;
  /** Searches a value in all its sinks. */
  readonly watch: (value: unknown) => void;
  readonly search: (sink: string, text: string | Uint8Array) => void;
  /** The file holds what the path itself wrote there in clear: it is not searched. */
  readonly spoilFile: () => void;
  /** Something to undo at the end, before the files go. */
  readonly later: (undo: () => unknown) => void;
}

/** What came out of a stage. */
export interface StageFindings {
  readonly sinks: ReadonlySet<string>;
  readonly texts: number;
  readonly leaks: readonly SunkLeak[];
}

/** Numbers under which nothing has to be waited for long; a path that tests a deadline says so itself. */
const policy: RefreshPolicyOptions = {
  requestTimeoutMs: 8_000,
  attemptTtlMs: 30_000,
  settleMs: 1,
  patienceMs: 400,
};

const isIssuedToken = /^APP_ID-\d+-STORE_ID-\d+-/;

const nameOf = (thrown: unknown): string => {
  if (thrown instanceof LlaveroError) return thrown.code;
  return thrown instanceof TypeError ? 'TypeError' : `a foreign ${thrown instanceof Error ? thrown.name : 'value'}`;
};

/** Sets a stage, plays on it, closes what was opened, and tells what came out on the way. */
export const onStage = async <A>(
  name: VendorName,
  play: (stage: Stage) => Promise<A>,
): Promise<{ readonly result: A; readonly findings: StageFindings }> => {
  const search = canarySearch();
  const sinks = new Set<string>();
  const leaks: SunkLeak[] = [];
  let texts = 0;
  const clean = new Set<string | Uint8Array>();
  const look = (sink: string, text: string | Uint8Array): void => {
    sinks.add(sink);
    texts += 1;
    if (clean.has(text)) return;
    leaks.push(...search.find(text).map((leak) => ({ sink, ...leak })));
    if (leaks.length === 0) clean.add(text);
  };
  const watch = (value: unknown, prefix = ''): void => {
    if (value === undefined) return;
    const shown = typeof value === 'object' && value !== null ? valueSinks(value) : { 'String()': format('%s', value) };
    for (const [sink, text] of Object.entries(shown)) look(`${prefix}${sink}`, text);
  };
  const known = (called: string, text: string): void => {
    search.add(called, text.replace(isIssuedToken, ''));
    clean.clear();
  };
  const secret = (called: string): string => {
    const text = randomBytes(27).toString('base64url');
    known(called, text);
    return text;
  };

  const directory = mkdtempSync(join(tmpdir(), 'llavero-canary-'));
  const file = join(directory, 'llavero.db');
  let spoilt = false;
  const searchFiles = (when: string): void => {
    if (spoilt) return;
    for (const found of readdirSync(directory)) {
      look(`${found.replace('llavero', 'database')} ${when}`, readFileSync(join(directory, found)));
    }
  };

  const vendor = await startVendor(name, { secret, known });
  const encryptionSecret = randomBytes(32).toString('base64');
  known('encryption key', encryptionSecret);
  const keys: EncryptionKeys = { keys: [{ id: 'canary', secret: encryptionSecret }] };

  const opened: Llavero[] = [];
  const undo: (() => unknown)[] = [];
  let aheadMs = 0;
  const system = systemClock();
  const clock = {
    ...system,
    nowMs: () => Date.now() + aheadMs,
    monotonicMs: () => system.monotonicMs() + aheadMs,
  };
  const open = (options: BackendOptions = {}): Llavero => {
    const encryption = options.encryption ?? keys;
    const cipher = recordingCipher(options.ports?.cipher ?? aesGcmCipher(encryption), known);
    const llavero = createLlavero({
      providers: [vendor.preset(options.at, { ...policy, ...options.policy })],
      store: options.store ?? sqliteStore({ path: file, busyPatienceMs: 100 }),
      encryption,
      allowHttpOnLoopback: true,
      overrides: [swapPorts({ clock, ...options.ports, cipher }), ...(options.modules ?? [])],
    });
    opened.push(llavero);
    return llavero;
  };

  const end: Stage['end'] = async (call, show = (value) => value) => {
    try {
      const value = await call();
      watch(show(value));
      return 'ok';
    } catch (thrown) {
      watch(thrown);
      return nameOf(thrown);
    }
  };

  const events: unknown[] = [];
  const onEvent = (event: unknown): void => void events.push(event);
  subscribe(eventChannelName, onEvent);
  try {
    const result = await play({
      vendor,
      file,
      secret,
      known,
      keys,
      open,
      ahead: (ms) => void (aheadMs += ms),
      end,
      watch,
      search: look,
      spoilFile: () => void (spoilt = true),
      later: (work) => void undo.push(work),
    });
    searchFiles('while open');
    watch({ events }, 'event: ');
    for (const work of undo.toReversed()) await work();
    await Promise.all(opened.map((llavero) => llavero.close()));
    searchFiles('after close');
    return { result, findings: { sinks, texts, leaks } };
  } finally {
    unsubscribe(eventChannelName, onEvent);
    await vendor.standIn.close();
    rmSync(directory, { recursive: true, force: true });
  }
};
