import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite-driver.js';
import { makeAccountFile, hoursAgoMs } from './account-file.js';
import { finishStory, looksMs, type KillEnding } from './kill-ending.js';
import { killPoints, type Mode } from './kill-points.js';
import { makeKillStory, type KillStory } from './kill-story.js';
import { endWell, startWorker } from './worker-process.js';

export interface Campaign {
  readonly endings: readonly KillEnding[];
  /** How many processes died. */
  readonly deaths: number;
  /** What SQLite says of the file afterwards: `ok`. */
  readonly integrity: unknown;
}

export interface CampaignSize {
  /** How often each point is died at. */
  readonly runs: number;
  /** How many accounts, each at a point of its own, one process takes with it. */
  readonly accountsPerDeath: number;
  /** How many processes work and die at a time. */
  readonly processes: number;
}

/**
 * Kills processes by SIGKILL at every point, all on one file, while a second process that lives through it finishes what they
 * left behind.
 */
export const runCampaign = async (
  mode: Mode,
  { runs, accountsPerDeath, processes }: CampaignSize,
): Promise<Campaign> => {
  await using file = await makeAccountFile();
  const stories = await Promise.all(
    Array.from({ length: runs }, (_, run) =>
      killPoints.map((point, index) => makeKillStory(`run-${run}-point-${index}`, point, mode, run)),
    ).flat(),
  );
  try {
    const providers = stories.map(({ provider }) => provider);
    await file.prepare(providers, hoursAgoMs, async (llavero) => {
      await Promise.all(stories.map(({ connect }) => connect(llavero)));
    });
    await using second = await startWorker({ path: file.path, providers, clocksMs: looksMs });
    const endings: KillEnding[] = [];
    const queue = [...groups(stories, accountsPerDeath)];
    const deaths = queue.length;
    const lane = async (): Promise<void> => {
      for (let group = queue.pop(); group !== undefined; group = queue.pop()) {
        const reached = await dieTogether(file.path, group);
        endings.push(
          ...(await Promise.all(group.map((story, index) => finishStory(story, second, reached[index] ?? 'past')))),
        );
      }
    };
    await Promise.all(Array.from({ length: processes }, lane));
    await endWell(second);
    return { endings, deaths, integrity: await checkIntegrity(file.path) };
  } finally {
    await Promise.all(stories.map((story) => story[Symbol.asyncDispose]()));
  }
};

const isInside = ({ point }: KillStory): boolean => point.at?.[0] === 'inside';

/** Of each group one process dies. In a transaction a process cannot be held, so one such point leads its group. */
function* groups(stories: readonly KillStory[], accounts: number): Generator<readonly KillStory[]> {
  const inside = stories.filter(isInside);
  const others = stories.filter((story) => !isInside(story));
  while (inside.length + others.length > 0) {
    const leader = inside.pop() ?? others.pop();
    if (leader !== undefined) yield [...others.splice(0, accounts - 1), leader];
  }
}

/**
 * One process, its clock so many milliseconds ahead, works on all accounts of the group; when each is at its point it dies by
 * SIGKILL, by its own hand unless the last of them is held by the provider. Tells which of them got to their points.
 */
export const dieTogether = async (
  path: string,
  group: readonly KillStory[],
  clockMs = 0,
): Promise<readonly ('there' | 'past')[]> => {
  const leader = group.at(-1);
  const plans = group.flatMap((story) => story.plan(story === leader) ?? []);
  await using worker = await startWorker({
    path,
    providers: group.map(({ doomedProvider }) => doomedProvider),
    clocksMs: [clockMs],
    plans: Object.fromEntries(plans.map((plan) => [plan.story, plan])),
  });
  const others = await Promise.all(group.slice(0, -1).map((story) => story.reach(worker)));
  const last = await leader?.reach(worker);
  worker.kill('SIGKILL');
  const { signal, stderr } = await worker.ended;
  if (signal !== 'SIGKILL')
    throw new Error(`a process that was to die by SIGKILL did not: ${String(signal)} ${stderr}`);
  for (const story of group) await story.afterwards();
  return last === undefined ? others : [...others, last];
};

const checkIntegrity = async (path: string): Promise<unknown> => {
  const Database = await loadBetterSqlite3();
  const database = new Database(path, {});
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
};
