import { counting, generations, keyOf, providers, waitForExpiry, type Stage } from '../stage.js';

/** Many callers at once, just after the token had expired. */
export interface Crowd {
  readonly key: string;
  readonly callers: number;
  readonly differentTokens: number;
  readonly generationBefore: number;
  readonly generation: number;
  readonly tokenRequests: number;
}

const callers = 1_000;

/** Waits for every token to expire again; then a thousand callers ask for each at the same moment. */
export const withstandCrowd = async (stage: Stage): Promise<readonly Crowd[]> => {
  const { narrator, worker } = stage;
  narrator.title(`They expire again, and ${callers} callers ask at once`);
  await waitForExpiry(stage);
  const before = await generations(stage);
  const crowds: Crowd[] = [];
  for (const provider of providers) {
    const key = keyOf(provider);
    const { seen, tokenRequests } = await counting(stage, provider, () => worker.call('crowd', { key, callers }));
    const { generation, differentTokens } = seen;
    const generationBefore = before.get(key) ?? 0;
    narrator.say(
      `${key}: ${callers} callers -> token requests: ${tokenRequests}, different tokens: ${differentTokens}, ` +
        `generation ${generationBefore} -> ${generation}`,
    );
    crowds.push({ key, callers, differentTokens, generationBefore, generation, tokenRequests });
  }
  narrator.claim(`${callers} callers cost one token request`, crowds.every(isOneRequest));
  return crowds;
};

const isOneRequest = ({ differentTokens, generationBefore, generation, tokenRequests }: Crowd): boolean =>
  differentTokens === 1 && generation === generationBefore + 1 && tokenRequests === 1;
