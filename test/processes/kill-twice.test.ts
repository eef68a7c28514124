import { describe, expect, it, vi } from 'vitest';
import { hoursAgoMs, makeAccountFile } from './account-file.js';
import { dieTogether } from './kill-campaign.js';
import { settledMs } from './kill-ending.js';
import { killPoints, recoveryPoints, type Mode } from './kill-points.js';
import { makeKillStory, type KillStory } from './kill-story.js';
import { startWorker } from './worker-process.js';

/** After the first attempt's settle window, and after the recovery's own: that one is sent once its notice is over. */
const recoveryMs = settledMs;
const afterwardsMs = 2 * settledMs + 60_000;

/** Where the first process dies, and after it the one that recovers. */
const deaths = [
  ['after recording the attempt', 'after recording the attempt'],
  ['after recording the attempt', 'with the request at the provider (answer on its way)'],
  ['with the request at the provider (answer on its way)', 'with the request at the provider (never processed)'],
  ['with the request at the provider (never processed)', 'after sending the request'],
  ['with the request at the provider (never processed)', 'after committing the token'],
  ['after recording the attempt', 'before announcing the recovery'],
  ['after recording the attempt', 'in the transaction of announcing the recovery'],
  ['after recording the attempt', 'after announcing the recovery'],
] as const;

const renewalPoint = (name: string) => {
  const point = [...killPoints, ...recoveryPoints].find((one) => one.flow === 'renewal' && one.name === name);
  if (point === undefined) throw new Error(`no renewal has the point ${name}`);
  return point;
};

/** What a third process finds, and how often the refresh token had been sent when it has looked. */
const twice = async (mode: Mode): Promise<readonly unknown[]> => {
  await using file = await makeAccountFile();
  const stories = await Promise.all(
    deaths.map(([first], index) => makeKillStory(`twice-${index}`, renewalPoint(first), mode)),
  );
  const again = (story: KillStory, index: number): KillStory => story.dyingAt(renewalPoint(deaths[index]?.[1] ?? ''));
  try {
    const providers = stories.map(({ provider }) => provider);
    await file.prepare(providers, hoursAgoMs, async (llavero) => {
      await Promise.all(stories.map(({ connect }) => connect(llavero)));
    });
    const first = await dieTogether(file.path, stories);
    // Each in a process of its own: a write that is held for as long as a notice lasts lets few others begin.
    const dying = stories.map((story, index) => dieTogether(file.path, [again(story, index)], recoveryMs));
    const second = (await Promise.all(dying)).flat();
    expect([...first, ...second].filter(([, { there }]) => !there)).toEqual([]);
    await using third = await startWorker({ path: file.path, providers, clocksMs: [afterwardsMs] });
    return await Promise.all(
      stories.map(async ({ key, standIn }) => {
        const { value: before } = await third.call('status', [key]);
        const { value: token, error } = await third.call('token', [key]);
        const { value: after } = await third.call('status', [key]);
        const answer = error?.cause ?? error?.code ?? token?.generation;
        return [before?.state, answer, after?.state, Math.max(0, ...standIn.refreshTokenUses.values())];
      }),
    );
  } finally {
    await Promise.all(stories.map((story) => story[Symbol.asyncDispose]()));
  }
};

/** The provider took the token when it was asked again. */
const taken = ['outcome_unknown', 2, 'ready'];
/** The provider refused it: an answer that nobody committed had brought its successor. */
const refused = ['outcome_unknown', 'outcome_unresolved', 'reauthorization_required'];

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

describe('an account whose recovery dies as well', () => {
  it.each([
    ['strict', refused],
    ['grace', taken],
  ] as const)(
    'is asked for again, until the provider takes its token or says that it is spent (%s)',
    async (mode, spent) => {
      expect(await twice(mode)).toEqual([
        [...taken, 1],
        [...spent, 2],
        [...spent, 3],
        [...spent, 3],
        ['ready', 2, 'ready', 2],
        [...taken, 1],
        [...taken, 1],
        [...taken, 1],
      ]);
    },
  );
});
