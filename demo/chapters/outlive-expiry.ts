import { callApi, counting, providers, waitForExpiry, type Stage } from '../stage.js';

/** The first call after a token had expired. */
export interface Renewal {
  readonly key: string;
  readonly statusOfOldToken: number;
  readonly status: number;
  readonly generationBefore: number;
  readonly generation: number;
  readonly tokenRequests: number;
}

/** Waits for every token to expire; the next call of each account renews its token by itself. */
export const outliveExpiry = async (stage: Stage): Promise<readonly Renewal[]> => {
  const { narrator } = stage;
  narrator.title('The access tokens expire, and the next call renews them');
  await waitForExpiry(stage);
  const renewals: Renewal[] = [];
  for (const provider of providers) {
    const old = await callApi(stage, provider, 'as before');
    const { seen, tokenRequests } = await counting(stage, provider, () => callApi(stage, provider, 'current'));
    const { key, status, generation } = seen;
    const renewal = { generationBefore: old.generation, generation, tokenRequests };
    narrator.say(
      `${key}: old token -> ${old.status}, asked llavero again -> ${status}; ` +
        `generation ${old.generation} -> ${generation}, token requests: ${tokenRequests}`,
    );
    renewals.push({ key, statusOfOldToken: old.status, status, ...renewal });
  }
  narrator.claim('each token was renewed by one request, without a person', renewals.every(isRenewedOnce));
  return renewals;
};

const isRenewedOnce = (renewal: Renewal): boolean =>
  renewal.statusOfOldToken === 401 &&
  renewal.status === 200 &&
  renewal.generation === renewal.generationBefore + 1 &&
  renewal.tokenRequests === 1;
