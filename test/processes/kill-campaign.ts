import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import { makeAccountFile, hoursAgoMs } from './account-file.js';
import { finishStory, looksMs, type KillEnding } from './kill-ending.js';
import { killPoints, type Mode } from './kill-points.js';
import { makeKillStory, type KillStory, type Reached } from './kill-story.js';
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
 * left behind: it begins as soon as one is dead, while others are dying.
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
    const endings: Promise<KillEnding>[] = [];
    const queue = [...groups(stories, accountsPerDeath)];
    const deaths = queue.length;
    const lane = async (): Promise<void> => {
      for (let group = queue.pop(); group !== undefined; group = queue.pop()) {
        for (const [story, reached] of await dieTogether(file.path, group)) {
          endings.push(finishStory(story, second, reached));
        }
      }
    };
    await Promise.all(Array.from({ length: processes }, lane));
    const finished = await Promise.all(endings);
    await endWell(second);
    return { endings: finished, deaths, integrity: await checkIntegrity(file.path) };
  } finally {
    await Promise.all(stories.map((story) => story[Symbol.asyncDispose]()));
  }
};

const isInside = ({ point }: KillStory): boolean => point.at?.[0] === 'inside';

/** So many writes share the transaction that they die in, at the most. */
const mostInTransaction = 6;

/**
 * Of each group one process dies. In a transaction a process cannot be held, so what dies there leads a group: alone, or, every
 * other time, together with the writes of other stories.
 */
function* groups(stories: readonly KillStory[], accounts: number): Generator<readonly KillStory[]> {
  const inside = stories.filter(isInside);
  const others = stories.filter((story) => !isInside(story));
  const together = inside.filter((_, index) => index % 2 === Math.floor((2 * index) / inside.length) % 2);
  const alone = inside.filter((story) => !together.includes(story));
  while (together.length > 0) yield [...others.splice(0, accounts - 1), ...together.splice(0, mostInTransaction)];
  while (alone.length + others.length > 0) {
    const leader = alone.pop() ?? others.pop();
    if (leader !== undefined) yield [...others.splice(0, accounts - 1), leader];
  }
}

/** What the store is given to answer in a process that is held: its own deadline must not end what is held. */
const heldForMs = 300_000;

/**
 * One process, its clock so many milliseconds ahead, works on all accounts of the group at once; when each is at its point it
 * is killed by SIGKILL, by its own hand where it is alone or in a transaction. Tells which of them got to their points.
 */
export const dieTogether = async (
  path: string,
  group: readonly KillStory[],
  clockMs = 0,
): Promise<readonly (readonly [KillStory, Reached])[]> => {
  const plans = group.flatMap((story) => story.plan(group.length === 1) ?? []);
  await using worker = await startWorker({
    path,
    providers: group.map(({ doomedProvider }) => doomedProvider),
    clocksMs: [clockMs],
    plans: Object.fromEntries(plans.map((plan) => [plan.story, plan])),
    storeTimeoutMs: heldForMs,
  });
  const reaching = group.map((story) => [story, story.reach(worker)] as const);
  await Promise.all(
    reaching.map(async ([story, reached]) => {
      if (!isInside(story)) return reached;
      return Promise.race([reached, worker.says(({ gathered }) => gathered === story.key)]);
    }),
  );
  // What is not to die in a transaction is at its point by now, and the rest stands before it.
  if (group.some(isInside)) worker.call('goOn', []).catch(() => undefined);
  const inside = reaching.filter(([story]) => isInside(story));
  await Promise.all(inside.map(([, reached]) => reached));
  worker.kill('SIGKILL');
  const { signal, stderr } = await worker.ended;
  if (signal !== 'SIGKILL')
    throw new Error(`a process that was to die by SIGKILL did not: ${String(signal)} ${stderr}`);
  for (const story of group) await story.afterwards();
  return await Promise.all(reaching.map(async ([story, reached]) => [story, await reached] as const));
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
