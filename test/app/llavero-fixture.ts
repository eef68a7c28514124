import { ContainerModule } from 'inversify';
import { centry } from '../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray, type TrayOptions } from '../../src/adapters/providers/tray/tray.js';
import { ports } from '../../src/app/container/identifiers.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { LlaveroError } from '../../src/app/llavero-error.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { ApiLimits } from '../../src/app/calling/api-rate-limit.js';
import type { EncryptionKeys } from '../../src/app/llavero-options.js';
import type { LlaveroEvent, LlaveroEventType } from '../../src/domain/llavero-event.js';
import type { RefreshPolicyOptions } from '../../src/domain/refresh-policy.js';
import type { Rotation } from '../../src/domain/rotation.js';
import type { Token } from '../../src/domain/token.js';
import type { Fetch } from '../../src/ports/fetch.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import type { ProviderPreset } from '../../src/ports/provider.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { scriptedHttp, type ScriptedHttp } from '../../src/testing/scripted-http.js';
import { canary, centryAnswer, trayAnswer } from './provider-answers.js';
import { watchedStore, type WatchedStore } from './watched-store.js';

export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
/** What Centry's tokens live here. */
export const centryLifeMs = 2 * hourMs;

/** The accounts most tests are about. */
export const centryKey = 'centry/acme';
export const trayKey = 'tray/391250';
export const citrusKey = 'citrusad/default';

export const encryption = (id = 'test', byte = 7): EncryptionKeys => ({
  keys: [{ id, secret: Buffer.alloc(32, byte).toString('base64') }],
});

export const centryPreset = (): ProviderPreset =>
  centry({
    clientId: 'centry-client',
    clientSecret: `${canary}-centry-secret`,
    redirectUri: 'https://app.example.com/centry',
    scope: 'read_orders',
  });
/** Centry, if it did so with its refresh tokens. */
export const rotatingCentry = (rotation: Rotation): ProviderPreset => {
  const preset = centryPreset();
  return { id: preset.id, configure: (rules) => ({ ...preset.configure(rules), rotation }) };
};
export const trayPreset = (options: Partial<TrayOptions> = {}): ProviderPreset =>
  tray({
    consumerKey: 'tray-client',
    consumerSecret: `${canary}-tray-secret`,
    callback: 'https://app.example.com/tray',
    ...options,
  });
export const citrusPreset = (): ProviderPreset =>
  citrusAd({
    baseUrl: 'https://us-integration.citrusad.com',
    clientId: 'citrus-client',
    clientSecret: `${canary}-citrus-secret`,
    apiKey: `${canary}-api-key`,
  });

export interface ProcessOptions {
  readonly policy?: RefreshPolicyOptions | undefined;
  /** The processes of the scene are of one host, which says so. */
  readonly bootId?: string | undefined;
  readonly providers?: readonly ProviderPreset[] | undefined;
  readonly encryption?: EncryptionKeys | 'plaintext' | undefined;
  /** What the randomness port says, for jitter: 0 unless told otherwise. */
  readonly fraction?: number | undefined;
  readonly fetch?: Fetch | undefined;
  readonly apiLimits?: ApiLimits | undefined;
  readonly storeTimeoutMs?: number | undefined;
  /** Another way to the same data than the scene's own store. */
  readonly store?: TokenStore | undefined;
  readonly overrides?: readonly ContainerModule[] | undefined;
}

/** A llavero on fakes, and everything a test needs to move and see. */
export interface Scene {
  readonly clock: FakeClock;
  readonly http: ScriptedHttp;
  readonly store: WatchedStore;
  /** What all processes told, in order. */
  readonly events: readonly LlaveroEvent[];
  readonly llavero: Llavero;
  /** Another process, or the same one after a restart: a llavero of its own on the same store. */
  readonly another: (options?: ProcessOptions) => Llavero;
  /** Lets everything run that waits for nothing but the event loop. */
  readonly settle: () => Promise<void>;
  readonly eventsOf: <Type extends LlaveroEventType>(
    type: Type,
  ) => readonly Extract<LlaveroEvent, { readonly type: Type }>[];
}

export const makeScene = (options: ProcessOptions = {}): Scene => {
  const clock = fakeClock({ bootId: options.bootId });
  const http = scriptedHttp([], { nowMs: clock.nowMs });
  const store = watchedStore(memoryStore());
  const events: LlaveroEvent[] = [];
  let tokens = 0;

  const another = (own: ProcessOptions = options): Llavero =>
    createLlavero({
      providers: own.providers ?? [centryPreset(), trayPreset(), citrusPreset()],
      store: own.store ?? store,
      encryption: own.encryption ?? encryption(),
      policy: own.policy,
      fetch: own.fetch,
      apiLimits: own.apiLimits,
      storeTimeoutMs: own.storeTimeoutMs,
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.clock).toConstantValue(clock);
          rebind(ports.httpClient).toConstantValue(http);
          rebind(ports.eventSink).toConstantValue({ emit: (event) => events.push(event) });
          rebind(ports.randomness).toConstantValue({
            token: (bytes) => `random-${(tokens += 1)}-${bytes}`,
            fraction: () => own.fraction ?? 0,
          });
        }),
        ...(own.overrides ?? []),
      ],
    });

  return {
    clock,
    http,
    store,
    events,
    llavero: another(),
    another,
    settle: () => clock.advance(0),
    eventsOf: (type) => events.filter((event) => isOfType(event, type)),
  };
};

const isOfType = <Type extends LlaveroEventType>(
  event: LlaveroEvent,
  type: Type,
): event is Extract<LlaveroEvent, { readonly type: Type }> => event.type === type;

/** Calls a method as somebody without types might; what it throws at once rejects as well. */
export const callLoosely = async (
  llavero: Llavero,
  method: keyof Llavero & string,
  ...given: readonly unknown[]
): Promise<unknown> => {
  const methods: Readonly<Record<string, unknown>> = { ...llavero };
  const called = methods[method];
  if (typeof called !== 'function') throw new Error(`a llavero has no method ${method}`);
  const result: unknown = Reflect.apply(called, llavero, given);
  return result;
};

/** What becomes of a promise while time goes on for so long. */
export const during = async <A>({ clock }: Pick<Scene, 'clock'>, ms: number, promise: Promise<A>): Promise<A> => {
  promise.catch(() => undefined);
  await clock.advance(ms);
  return promise;
};

/** The error of a promise that has to be rejected with one of ours. */
export const failureOf = async (promise: Promise<unknown>): Promise<LlaveroError> => {
  const outcome = await promise.then(
    () => 'it resolved',
    (error: unknown) => error,
  );
  if (outcome instanceof LlaveroError) return outcome;
  throw new Error(`expected a LlaveroError, but ${String(outcome)}`);
};

/** The code of a promise that has to be rejected with one of our errors. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => (await failureOf(promise)).code;

/** The code of a call that may fail; undefined when it did not. */
export const codeIfFailed = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof LlaveroError ? error.code : String(error)),
  );

/** The access token, laid open. */
export const accessOf = (token: Token | undefined): string | undefined => token?.accessToken.expose();

/** What a request carried under a name, in its form or its query. */
export const sent = (http: ScriptedHttp, at: number, name: string): string | undefined => {
  const request = http.requests.at(at);
  const parameters = [...(request?.form ?? []), ...(request?.query ?? [])];
  return parameters.find(([parameter]) => parameter === name)?.[1];
};

/** Centry, authorized at the clock's zero: generation 1 is in the store and in memory, and nothing is counted yet. */
export const authorizedCentry = async (options: ProcessOptions = {}): Promise<Scene> => {
  const scene = makeScene(options);
  scene.http.answer(centryAnswer(1));
  await scene.llavero.exchange(centryKey, { code: `${canary}-code` });
  scene.store.resetCounts();
  return scene;
};

/** Tray, authorized at the clock's zero by a pasted code. */
export const authorizedTray = async (options: ProcessOptions = {}, tray: Partial<TrayOptions> = {}): Promise<Scene> => {
  const scene = makeScene({ ...options, providers: [trayPreset(tray)] });
  scene.http.answer(trayAnswer(1, scene.clock.nowMs()));
  const apiAddress = 'https://shop.example.com/web_api';
  await scene.llavero.exchange(trayKey, { code: `${canary}-installation`, apiAddress });
  scene.store.resetCounts();
  return scene;
};
