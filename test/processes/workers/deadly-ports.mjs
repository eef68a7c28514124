import { AsyncLocalStorage } from 'node:async_hooks';

// The store and the HTTP client of a process that is about to die. Each account has its own story, and its story a point:
// before, inside or after one operation. There it is held for ever, or, if the plan says so, it kills the process. Inside
// means in the transaction, which the store shares among writes that wait at the same time: written, and not committed.

/** @typedef {import('../worker-process.js').KillPlan} KillPlan */
/** @typedef {import('../../../src/domain/account-record.js').AccountRecord} AccountRecord */
/** @typedef {import('../../../src/domain/pending-authorization.js').PendingAuthorization} PendingAuthorization */
/** @typedef {import('../../../src/domain/record-change.js').Change<unknown>} Change */
/** @typedef {import('../../../src/domain/record-change.js').RecordChange<unknown>} RecordChange */
/** @typedef {import('../../../src/ports/token-store.js').TokenStore} TokenStore */
/** @typedef {import('../../../src/ports/http-client.js').HttpClient} HttpClient */
/** @typedef {{ plan: KillPlan, doing: string | undefined }} Story */

/** @param {{ load: (path: string) => Promise<any>, plans: Readonly<Record<string, KillPlan>>, say: (line: object) => void }} world */
export const deadlyPorts = async ({ load, plans, say }) => {
  const { makeSqliteStore } = await load('adapters/stores/sqlite/sqlite-store.js');
  const { loadBetterSqlite3 } = await load('adapters/stores/sqlite/driver.js');
  const { migrations } = await load('adapters/stores/sqlite/schema.js');
  const { gotHttpClient } = await load('adapters/http/got-http-client.js');
  const Database = await loadBetterSqlite3();

  /** @type {AsyncLocalStorage<Story>} */
  const stories = new AsyncLocalStorage();

  /** @param {KillPlan['when']} when */
  const isHere = (when) => {
    const story = stories.getStore();
    return story !== undefined && story.plan.when === when && story.plan.operation === story.doing;
  };

  const die = () => process.kill(process.pid, 'SIGKILL');

  /** @param {KillPlan['when']} when */
  const pass = async (when) => {
    const story = stories.getStore();
    if (story === undefined || !isHere(when)) return;
    say({ held: story.plan.story });
    if (story.plan.dies) die();
    await new Promise(() => undefined);
  };

  /** @template A @param {string} operation @param {() => Promise<A>} task @returns {() => Promise<A>} */
  const step = (operation, task) => async () => {
    const story = stories.getStore();
    if (story === undefined) return task();
    story.doing = operation;
    await pass('before');
    const outcome = await task();
    story.doing = operation;
    await pass('after');
    story.doing = undefined;
    return outcome;
  };

  /** What the stories have written in the open transaction. @type {Map<Story, string>} */
  const written = new Map();

  /** @param {Story} story @param {string} operation */
  const endsInside = ({ plan }, operation) => plan.when === 'inside' && plan.operation === operation;

  /** The stories that are to die inside, and wait for the word to. @type {Set<Story>} */
  const gathered = new Set();
  /** @type {() => void} */
  let goOn = () => undefined;
  /** @type {Promise<void>} */
  const allGathered = new Promise((resolve) => {
    goOn = resolve;
  });

  /** @param {Story} story @param {string} operation */
  const gather = async (story, operation) => {
    if (!endsInside(story, operation) || gathered.has(story)) return;
    gathered.add(story);
    say({ gathered: story.plan.story });
    await allGathered;
  };

  class DeadlyDatabase extends Database {
    /** @param {string} source */
    exec(source) {
      if (source === 'BEGIN IMMEDIATE') written.clear();
      if (source === 'COMMIT' && [...written].some(([story, operation]) => endsInside(story, operation))) {
        const inTransaction = [...written.keys()].map(({ plan }) => plan.story);
        // On a busy machine one may still stand in the line for the transaction that dies: it is not there any more either.
        for (const { plan } of gathered) say({ held: plan.story, inTransaction });
        die();
      }
      return super.exec(source);
    }
  }

  /** A write of a story, which joins those that it is to die with. @template A @param {string} operation @param {() => Promise<A>} write */
  const writing = (operation, write) => async () => {
    const story = stories.getStore();
    if (story !== undefined) await gather(story, operation);
    return write();
  };

  /** @param {{ path: string, busyPatienceMs?: number }} options @returns {TokenStore} */
  const store = (options) => {
    /** @type {TokenStore} */
    const inner = makeSqliteStore(options, { load: async () => DeadlyDatabase, migrations });
    return {
      ...inner,
      read: (key) => step('read', inner.read(key)),
      putPending: (pending, nowMs) => {
        const story = stories.getStore();
        /** Its cells are read in the transaction, when the row is written. */
        const seen = new Proxy(pending, {
          get: (target, name, receiver) => {
            if (story !== undefined) written.set(story, 'put pending');
            return Reflect.get(target, name, receiver);
          },
        });
        return step('put pending', writing('put pending', inner.putPending(seen, nowMs)));
      },
      updatePending: (id, change) => async () => {
        const story = stories.getStore();
        if (story === undefined) return inner.updatePending(id, change)();
        const found = await inner.updatePending(id, (current) => ({ pending: current, result: current }))();
        const current = found._tag === 'Right' ? found.right : undefined;
        const operation = pendingMeaning(current, change(current).pending);
        const write = inner.updatePending(id, (before) => {
          const decided = change(before);
          if (decided.pending !== before) written.set(story, operation);
          return decided;
        });
        return step(operation, writing(operation, write))();
      },
      update: (key, change, options) => async () => {
        const story = stories.getStore();
        if (story === undefined) return inner.update(key, change, options)();
        const found = await inner.read(key)();
        const current = found._tag === 'Right' ? found.right : undefined;
        const operation = meaning(current, change(current, undefined));
        const write = inner.update(
          key,
          (before, nowMs) => {
            const decided = change(before, nowMs);
            if (decided._tag !== 'Keep') written.set(story, operation);
            return decided;
          },
          options,
        );
        return step(operation, writing(operation, write))();
      },
      readNote: (name) => step(name.startsWith('client/') ? 'look up pauses' : 'look up note', inner.readNote(name)),
      updateNote: (name, change, options) => async () => {
        const story = stories.getStore();
        if (story === undefined || !name.startsWith('client/')) return inner.updateNote(name, change, options)();
        const found = await inner.readNote(name)();
        const current = found._tag === 'Right' ? found.right : undefined;
        const operation = noteMeaning(current, change(current).text);
        const write = inner.updateNote(
          name,
          (before) => {
            const decided = change(before);
            if (decided.text !== before) written.set(story, operation);
            return decided;
          },
          options,
        );
        return step(operation, writing(operation, write))();
      },
    };
  };

  /** @param {import('../../../src/ports/clock.js').Clock} clock @returns {HttpClient} */
  const httpClient = (clock) => {
    /** @type {HttpClient} */
    const inner = gotHttpClient({ clock, rules: { allowHttpOnLoopback: true } });
    return {
      send: (request) => step('send', inner.send(request)),
    };
  };

  /** Runs a call as the story of its account. @template A @param {unknown} key @param {() => Promise<A>} call */
  const inStory = (key, call) => {
    const plan = typeof key === 'string' ? plans[key] : undefined;
    return plan === undefined ? call() : stories.run({ plan, doing: undefined }, step('hand out', call));
  };

  return { store, httpClient, inStory, goOn };
};

/** What becomes of a pending authorization. @param {PendingAuthorization | undefined} current @param {PendingAuthorization | undefined} next */
const pendingMeaning = (current, next) => {
  if (next === current) return 'look up pending';
  if (next === undefined) return 'close pending';
  if (next.delivery === undefined) return 'reopen pending';
  return next.delivery.completed ? 'complete pending' : 'take pending';
};

/** What is noted of a client. @param {string | undefined} current @param {string | undefined} next */
const noteMeaning = (current, next) => {
  const [before, after] = [current, next].map((text) => JSON.parse(text ?? '{}'));
  if (JSON.stringify(after.limit) !== JSON.stringify(before.limit)) return 'note the limit';
  if (after.rejectedAt !== before.rejectedAt) return 'note the refusal';
  return after.failures > (before.failures ?? 0) ? 'note the failure' : 'note the success';
};

/** What a change does to an account, in the words of the renewal protocol. @param {AccountRecord | undefined} current @param {Change} change */
const meaning = (current, change) => {
  if (change._tag !== 'Put') return 'look';
  const { record } = change;
  if (record.generation > (current?.generation ?? 0)) return 'commit';
  if (record.attempt !== undefined && record.attempt.id !== current?.attempt?.id) return 'begin';
  if ((record.authorizationsBegun ?? 0) > (current?.authorizationsBegun ?? 0)) return 'number';
  if (current?.attempt === undefined) return 'update';
  if (record.attempt?.id === current.attempt.id && record.attempt.announcedAt !== current.attempt.announcedAt) {
    return 'announce';
  }
  if (record.attempt?.unknown === true) return 'leave open';
  return record.failure?.terminal === undefined ? 'release' : 'reject';
};
