import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ProviderId } from './api-calls.js';
import type { Child } from './child-process.js';
import type {
  AccountRow,
  Counted,
  StandInsAddresses,
  StandInsProtocol,
  WorkerAddress,
  WorkerProtocol,
} from './messages.js';
import type { Narrator } from './narrator.js';

export type StandIns = Child<StandInsProtocol, StandInsAddresses>;
export type Worker = Child<WorkerProtocol, WorkerAddress>;

/** Who tells the story, the providers, and the backend of the moment. */
export interface Stage {
  readonly narrator: Narrator;
  readonly standIns: StandIns;
  readonly worker: Worker;
}

export const providers = ['centry', 'tray', 'citrusad'] as const;

/** The account the demo holds at a provider. */
export const keyOf = (provider: ProviderId): string => `${provider}/demo`;

/** Where each provider's stand-in listens. */
export const addressesOf = ({ centry, tray, citrusAd }: StandInsAddresses): Readonly<Record<ProviderId, string>> => ({
  centry: centry.baseUrl,
  tray: tray.storeUrl,
  citrusad: citrusAd.baseUrl,
});

/** Has the backend call a provider's API. */
export const callApi = (
  { standIns, worker }: Stage,
  provider: ProviderId,
  token: 'current' | 'as before',
): Promise<ApiAnswer> => {
  const base = addressesOf(standIns.announcement)[provider];
  return worker.call('callApi', { provider, key: keyOf(provider), base, token });
};

/** Does something, and asks the stand-in how many token requests arrived meanwhile. */
export const counting = async <A>(
  { standIns }: Stage,
  provider: ProviderId,
  work: () => Promise<A>,
): Promise<{ readonly seen: A; readonly tokenRequests: number }> => {
  const before = await standIns.call('count', undefined);
  const seen = await work();
  const after = await standIns.call('count', undefined);
  return { seen, tokenRequests: requestsTo(after, provider) - requestsTo(before, provider) };
};

const requestsTo = (counted: Readonly<Record<ProviderId, Counted>>, provider: ProviderId): number =>
  counted[provider].tokenRequests;

/** How the demo's accounts stand. The database may hold others, of real providers. */
export const accounts = ({ worker }: Stage): Promise<readonly AccountRow[]> =>
  worker.call('accounts', providers.map(keyOf));

/** The generation of every account, by its key. */
export const generations = async (stage: Stage): Promise<ReadonlyMap<string, number>> =>
  new Map((await accounts(stage)).map(({ key, generation }) => [key, generation]));

/** Waits until every access token has expired, and says each second how long that still takes. */
export const waitForExpiry = async (stage: Stage): Promise<void> => {
  const expiries = (await accounts(stage)).map(({ accessTokenExpiresAt }) => accessTokenExpiresAt?.getTime() ?? 0);
  const lastMs = Math.max(...expiries);
  for (let leftMs = lastMs - Date.now(); leftMs > 0; leftMs = lastMs - Date.now()) {
    stage.narrator.say(`waiting: the last token expires in ${(leftMs / 1000).toFixed(1)} s`);
    await sleep(Math.min(1_000, leftMs + 1));
  }
};
