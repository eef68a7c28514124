import type { ApiAnswer, ProviderId } from './api-calls.js';
import { connectAccounts, registerCitrusAd, type Connection } from './chapters/connect-accounts.js';
import { outliveExpiry, type Renewal } from './chapters/outlive-expiry.js';
import { surviveKill, type Restart } from './chapters/survive-kill.js';
import { takeStock, type Stock } from './chapters/take-stock.js';
import { useTokens } from './chapters/use-tokens.js';
import { withstandCrowd, type Crowd } from './chapters/withstand-crowd.js';
import { startChild } from './child-process.js';
import { ensureDemoKey } from './demo-key.js';
import { waysToLook } from './look.js';
import type { StandInsSettings, WorkerSettings } from './messages.js';
import type { Claim, Narrator } from './narrator.js';
import { addressesOf, keyOf, providers, type Stage, type StandIns, type Worker } from './stage.js';

/** Everything one run saw, as data. */
export interface Story extends Stock {
  readonly database: string;
  readonly keyFile: string;
  readonly standIns: Readonly<Record<ProviderId, string>>;
  readonly connections: readonly Connection[];
  readonly apiCalls: readonly ApiAnswer[];
  readonly renewals: readonly Renewal[];
  readonly crowds: readonly Crowd[];
  readonly restart: Restart;
  readonly claims: readonly Claim[];
  readonly waysToLook: readonly string[];
  readonly elapsedMs: number;
}

/** Long enough to start a process in, short enough to wait for. */
const lifetimes: StandInsSettings = { accessTokenLifetimeMs: 4_000 };

/** Runs the whole demo on this database, in three processes, and resolves with what it saw. */
export const demo = async (database: string, narrator: Narrator): Promise<Story> => {
  const { keyFile, created } = ensureDemoKey(database);

  narrator.title('Three providers and a backend; all of it takes about 13 s');
  const standIns: StandIns = await startChild('stand-ins-process', lifetimes);
  const addresses = addressesOf(standIns.announcement);
  narrator.say(`process ${standIns.pid} stands in for the providers; their access tokens live 4 s`);
  for (const provider of providers) narrator.say(`  ${provider.padEnd(8)}  ${addresses[provider]}`);

  const { centry, tray } = standIns.announcement;
  const settings: WorkerSettings = { database, port: 0, centry, tray };
  const first: Worker = await startChild('worker', settings);
  narrator.say(`process ${first.pid} is the backend, at http://127.0.0.1:${first.announcement.port}`);
  narrator.say(`  database  ${database}`);
  narrator.say(`  its key   ${keyFile} (mode 0600${created ? ', made just now' : ''})`);
  const stage = { narrator, standIns, worker: first };
  await forgetEarlierRun(stage);

  const connections = await connectAccounts(stage);
  await registerCitrusAd(stage);
  const apiCalls = await useTokens(stage);
  const renewals = await outliveExpiry(stage);
  const crowds = await withstandCrowd(stage);
  const { restart, worker } = await surviveKill(stage, () =>
    startChild('worker', { ...settings, port: first.announcement.port }),
  );
  const stock = await takeStock({ narrator, standIns, worker });

  await worker.end();
  await standIns.end();
  return {
    database,
    keyFile,
    standIns: addresses,
    connections,
    apiCalls,
    renewals,
    crowds,
    restart,
    ...stock,
    claims: narrator.claims,
    waysToLook: waysToLook(database),
    elapsedMs: narrator.elapsedMs(),
  };
};

/** The accounts of an earlier run belong to stand-ins that are gone. */
const forgetEarlierRun = async ({ narrator, worker }: Stage): Promise<void> => {
  const forgotten = await worker.call('forget', providers.map(keyOf));
  if (forgotten.length > 0) narrator.say(`  removed what an earlier run left there: ${forgotten.join(', ')}`);
};
