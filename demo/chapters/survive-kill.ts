import { callApi, counting, generations, keyOf, providers, type Stage, type Worker } from '../stage.js';

/** What became of the accounts when the backend was killed. */
export interface Restart {
  readonly killed: number;
  readonly started: number;
  /** An account as the new process found it: `tokenRequests` is 0 while the token in the file is valid. */
  readonly found: readonly Found[];
  readonly refreshed: readonly Refreshed[];
}

interface Found {
  readonly key: string;
  readonly status: number;
  readonly generationBefore: number;
  readonly generation: number;
  readonly tokenRequests: number;
}

/** A renewal on demand with the refresh token from the file. */
interface Refreshed {
  readonly key: string;
  readonly generationBefore: number;
  readonly generation: number;
}

/** Kills the backend with SIGKILL, starts another on the same file, and looks for what was lost. */
export const surviveKill = async (
  stage: Stage,
  startAgain: () => Promise<Worker>,
): Promise<{ readonly restart: Restart; readonly worker: Worker }> => {
  const { narrator } = stage;
  narrator.title('The backend is killed and started again');
  const before = await generations(stage);
  await stage.worker.kill();
  narrator.say(`SIGKILL ended process ${stage.worker.pid}, which put nothing away`);
  const worker = await startAgain();
  narrator.say(`process ${worker.pid} is the backend now; it was told nothing about CitrusAd's client`);

  const found = await lookForTokens({ ...stage, worker }, before);
  const refreshed = await renewOnDemand({ ...stage, worker });
  return { worker, restart: { killed: stage.worker.pid, started: worker.pid, found, refreshed } };
};

const lookForTokens = async (stage: Stage, before: ReadonlyMap<string, number>): Promise<readonly Found[]> => {
  const { narrator } = stage;
  const found: Found[] = [];
  for (const provider of providers) {
    const { seen, tokenRequests } = await counting(stage, provider, () => callApi(stage, provider, 'current'));
    const { key, generation, status } = seen;
    const generationBefore = before.get(key) ?? 0;
    narrator.say(
      generation === generationBefore
        ? `${key}: generation ${generation} served from the file, token requests: ${tokenRequests}; the API answers ${status}`
        : `${key}: had expired meanwhile, renewed to generation ${generation}; the API answers ${status}`,
    );
    found.push({ key, status, generationBefore, generation, tokenRequests });
  }
  narrator.claim('no access token was lost', found.every(isKept));
  return found;
};

const isKept = ({ status, generationBefore, generation, tokenRequests }: Found): boolean =>
  status === 200 && generation >= generationBefore && tokenRequests <= 1;

const renewOnDemand = async (stage: Stage): Promise<readonly Refreshed[]> => {
  const before = await generations(stage);
  const refreshed: Refreshed[] = [];
  for (const provider of ['centry', 'tray'] as const) {
    const key = keyOf(provider);
    const generation = await stage.worker.call('renew', key);
    const generationBefore = before.get(key) ?? 0;
    stage.narrator.say(
      `${key}: renewed with the refresh token from the file, generation ${generationBefore} -> ${generation}`,
    );
    refreshed.push({ key, generationBefore, generation });
  }
  stage.narrator.claim(
    'no refresh token was lost',
    refreshed.every(({ generationBefore, generation }) => generation > generationBefore),
  );
  return refreshed;
};
