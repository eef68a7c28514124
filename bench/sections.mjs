/**
 * One process's share of a section: the script that measures, and how much. `quickSize` only shows that it works.
 *
 * @typedef {object} Part
 * @property {string} script
 * @property {readonly string[]} [flags]
 * @property {object} size
 * @property {object} quickSize
 */

const turns = { rounds: 9, turns: 10, calls: 50_000 };
const fewTurns = { rounds: 3, turns: 2, calls: 10_000 };
/** No re-check comes due while so many tokens are taken into memory and measured. */
const unchecked = { recheckMs: 3_600_000 };

/** @type {readonly { name: string, title: string, about: string, parts: readonly Part[] }[]} */
export const sections = [
  {
    name: 'cached-token',
    title: 'A cached token',
    about: 'Processor time a call, beside a Map.get and a Date.now on the same keys and tokens. Medians of 9 rounds.',
    parts: [
      { script: 'cached-token', size: { keys: 1, peers: true, ...turns }, quickSize: fewTurns },
      { script: 'cached-token', size: { keys: 10_000, peers: false, ...turns }, quickSize: fewTurns },
      {
        script: 'cached-token',
        flags: ['--max-old-space-size=4096'],
        size: { keys: 1_000_000, peers: false, ...unchecked, ...turns },
        quickSize: { keys: 100_000, ...fewTurns },
      },
    ],
  },
  {
    name: 'herd-one-process',
    title: '10,000 callers on an expired token, one process',
    about:
      'The endpoint takes 50 ms and accepts a refresh token once. p99 of the callers’ waits, medians of 15 rounds.',
    parts: [
      {
        script: 'herd-one-process',
        size: { callers: 10_000, unshared: 100, delayMs: 50, warmUps: 3, rounds: 15 },
        quickSize: { callers: 1_000, unshared: 20, warmUps: 1, rounds: 2 },
      },
    ],
  },
  {
    name: 'herd-four-processes',
    title: '10,000 callers on an expired token, four processes of 2,500',
    about:
      'All processes share one token and one refresh token, which the endpoint accepts once. Medians of 15 rounds.',
    parts: [
      {
        script: 'herd-four-processes',
        size: { processes: 4, callers: 10_000, unshared: 100, delayMs: 50, warmUps: 3, rounds: 15 },
        quickSize: { callers: 1_000, unshared: 20, warmUps: 1, rounds: 2 },
      },
    ],
  },
  {
    name: 'heap',
    title: 'Memory',
    about: 'What keeping a token in memory takes besides its own characters and the caller’s key. Medians of 5 rounds.',
    parts: [
      {
        script: 'heap',
        size: { tokens: 100_000, rounds: 5 },
        quickSize: { tokens: 5_000, rounds: 2 },
      },
    ],
  },
  {
    name: 'sqlite-writers',
    title: 'Four processes writing to one SQLite file as fast as they can, each write synced to disk',
    about: '5 rounds of 3 s. What blocks an idle process, or one that only syncs a file, is the machine.',
    parts: [
      { script: 'sqlite-writers', size: { writers: 4, ms: 3_000, rounds: 5 }, quickSize: { ms: 500, rounds: 2 } },
    ],
  },
  {
    name: 'sqlite-groups',
    title: 'A renewal’s two writes on one SQLite file: alone, and 50 at once',
    about:
      'Pairs a second : those of the bare driver with the same statements, each in turn for 130 ms, 20 rounds. The disk syncs each transaction.',
    parts: [{ script: 'sqlite-groups', size: { writers: 50, ms: 130, rounds: 20 }, quickSize: { ms: 60, rounds: 2 } }],
  },
  {
    name: 'sweep-backlog',
    title: 'One sweep of a backlog: 10,000 accounts whose provider rests, and 1,000 that are renewed',
    about:
      'How long it holds the event loop up at a time, collecting garbage and syncing the disk included. Medians of 3 rounds.',
    parts: [
      {
        script: 'sweep-backlog',
        size: { accounts: 10_000, renewals: 1_000, rounds: 3 },
        quickSize: { accounts: 500, renewals: 100, rounds: 1 },
      },
    ],
  },
];
