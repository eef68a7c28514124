import { describe, expect, it } from 'vitest';
import { testSize } from '../test-size.js';
import { callAuthorize, callInvalidate, callRegister, callRemove, callRevoke, callSweep, callToken } from './calls.js';
import { secretText } from './canary.js';
import { explore, sample, type Turn } from './explore.js';
import type { Fates } from './fates.js';
import { makeWorkerMaker } from './make-worker.js';
import type { Choose, PendingEvent } from './scheduler.js';
import { seededRandom } from './random.js';
import { fairCall, fairRequest } from './seeded-fates.js';
import { runSmallWorld, untilExpiryMs, type SmallWorldOptions } from './small-world.js';
import { makeTrace } from './trace.js';
import type { Worker, World } from './world.js';

const makeWorker = makeWorkerMaker();

/** Nothing takes any time, so that everything is ready at once and only the turning decides. */
const instantFates: Fates = {
  ofStoreCall: () => ({ ...fairCall, takesMs: 0 }),
  ofRequest: () => ({ ...fairRequest, travelsMs: 0, returnsMs: 0 }),
};

/** Where two callers share a memory, it matters when an answer is heard of, too. */
const heardLater: Fates = {
  ...instantFates,
  ofStoreCall: () => ({ ...fairCall, takesMs: 0, answerTakesMs: 0 }),
};

interface Exploration {
  /** How often time may pass while something could still happen now. */
  readonly haste: number;
  /** Whether the first process may die, once, at any moment. */
  readonly death: boolean;
}

const chooseBy =
  (turn: Turn, { haste, death }: Exploration) =>
  (world: World): Choose => {
    let hastes = haste;
    let deaths = death ? 1 : 0;
    const dies: PendingEvent = {
      what: 'death',
      atMs: 0,
      owner: undefined,
      isTimer: false,
      run: () => {
        deaths -= 1;
        world.crash(0, 0);
      },
    };
    return (ready, later) => {
      const soon = hastes > 0 && ready.some(({ isTimer }) => !isTimer) ? later() : undefined;
      const options = [...ready, ...(deaths > 0 ? [dies] : []), ...(soon === undefined ? [] : [soon])];
      const taken = options.length === 1 ? options[0] : options[turn(options.length)];
      if (taken !== undefined && taken === soon) hastes -= 1;
      return taken;
    };
  };

interface Scene extends Exploration {
  readonly first: Call;
  readonly second: Call;
  /** The second caller asks the same llavero as the first. */
  readonly together?: 'at the first' | 'at the second';
  /** The token is still good. */
  readonly early?: true;
  /** There are tens of thousands of orders: at the short size some of them are drawn. */
  readonly isLarge?: true;
}

type Call = (world: World, worker: Worker, key: string) => void;

const token: Call = (world, worker, key) => callToken(world, worker, key);
const force: Call = (world, worker, key) => callToken(world, worker, key, { force: true });
const remove: Call = (world, worker, key) => callRemove(world, worker, key);
const revoke: Call = (world, worker, key) => callRevoke(world, worker, key, true);
const authorize: Call = (world, worker, key) => callAuthorize(world, worker, key, false);
const register: Call = (world, worker, key) => callRegister(world, worker, key, secretText('cli', 5));
const invalidate: Call = (world, worker, key) => callInvalidate(world, worker, key);
const sweep: Call = (world, worker) => callSweep(world, worker, true);

/** Where the second caller comes to the process of the first, and a third one after the second was answered. */
const removeThenToken: Call = (world, worker, key) =>
  callRemove(world, worker, key, () => callToken(world, worker, key));
const invalidateThenToken: Call = (world, worker, key) =>
  callInvalidate(world, worker, key, () => callToken(world, worker, key));
const authorizeThenForce: Call = (world, worker, key) =>
  callAuthorize(world, worker, key, false, () => callToken(world, worker, key, { force: true }));

const isLong = testSize() === 'long';
const isShort = testSize() === 'short';
const drawnWhenShort = 500;

const deadly = { haste: 0, death: true } as const;
const plain = { haste: 0, death: isLong } as const;

const scenes: Readonly<Record<string, Scene>> = {
  'both want a token': { first: token, second: token, haste: isLong ? 2 : 0, death: false },
  'both want a token and one process dies': { first: token, second: token, haste: isLong ? 1 : 0, death: true },
  'both want a newer token': { first: force, second: force, haste: isLong ? 1 : 0, death: isLong },
  'one wants a token and the other removes the account': { first: token, second: remove, ...deadly },
  'one wants a token and the other revokes it': { first: token, second: revoke, ...deadly },
  'one wants a token and a person authorizes at the other': { first: token, second: authorize, ...plain },
  'one wants a token and the other gets a new secret': { first: token, second: register, ...deadly },
  'one wants a token and an API refuses it to the other': { first: token, second: invalidate, ...deadly },
  ...(isLong ? { 'one wants a token and the other sweeps': { first: token, second: sweep, ...deadly } } : {}),
  'a person authorizes at both': { first: authorize, second: authorize, ...deadly },
  'the account is removed where a token is wanted': {
    first: token,
    second: removeThenToken,
    together: 'at the second',
    early: true,
    ...plain,
  },
  'an API refuses a token where a newer one is wanted': {
    first: force,
    second: invalidateThenToken,
    together: 'at the first',
    early: true,
    ...plain,
  },
  'a person authorizes where a token is wanted': {
    first: token,
    second: authorizeThenForce,
    together: 'at the first',
    isLarge: true,
    ...plain,
  },
};

const only = (rotation: SmallWorldOptions['rotation']) => ({ rotation, recovery: 'probe', grant: 'code' }) as const;

describe('every order in which two processes can come to the store and the provider', () => {
  for (const [name, { first, second, together, early, isLarge, ...exploration }] of Object.entries(scenes)) {
    it(`breaks no promise when ${name}`, { timeout: 7_200_000 }, async () => {
      let broken: readonly string[] = [];
      const walk = async (turn: Turn): Promise<'go on' | 'stop'> => {
        broken = await runSmallWorld(
          { ...only('strict-family'), makeWorker, trace: makeTrace(false) },
          {
            fates: together === undefined ? instantFates : heardLater,
            waitMs: early === true ? 1_000 : untilExpiryMs,
            choose: chooseBy(turn, exploration),
            scene: async (world) => {
              const [key] = world.keys;
              const [one, other] = world.workers();
              const firstAt = together === 'at the second' ? other : one;
              const secondAt = together === 'at the first' ? one : other;
              if (firstAt !== undefined) first(world, firstAt, key);
              if (secondAt !== undefined) second(world, secondAt, key);
            },
          },
        );
        return broken.length > 0 ? 'stop' : 'go on';
      };
      const paths =
        isShort && isLarge === true ? await sample(drawnWhenShort, seededRandom(1), walk) : await explore(walk);
      process.stdout.write(`${name}: ${paths} orders, ${broken.length} violations\n`);
      expect(broken).toEqual([]);
    });
  }
});
