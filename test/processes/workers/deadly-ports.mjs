import { AsyncLocalStorage } from 'node:async_hooks';

// The store and the HTTP client of a process that is about to die. Each account has its own story, and its story a point:
// before, inside or after one operation. There it is held for ever, or, if the plan says so, it kills the process.

/** @typedef {import('../worker-process.js').KillPlan} KillPlan */
/** @typedef {import('../../../src/domain/account-record.js').AccountRecord} AccountRecord */
/** @typedef {import('../../../src/domain/pending-authorization.js').PendingAuthorization} PendingAuthorization */
/** @typedef {import('../../../src/domain/record-change.js').Change<unknown>} Change */
/** @typedef {import('../../../src/domain/record-change.js').RecordChange<unknown>} RecordChange */
/** @typedef {import('../../../src/ports/token-store.js').TokenStore} TokenStore */
/** @typedef {import('../../../src/ports/http-client.js').HttpClient} HttpClient */
/** @typedef {{ plan: KillPlan, sent: boolean, doing: string | undefined }} Story */

/** @param {{ load: (path: string) => Promise<any>, plans: Readonly<Record<string, KillPlan>>, say: (line: object) => void }} world */
export const deadlyPorts = async ({ load, plans, say }) => {
  const { makeSqliteStore } = await load('adapters/stores/sqlite-store.js');
  const { loadBetterSqlite3 } = await load('adapters/stores/sqlite-driver.js');
  const { migrations } = await load('adapters/stores/sqlite-schema.js');
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
    if (story.plan.dies) die();
    say({ held: story.plan.story });
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

  /** The stories that have decided something in the open transaction: several share one. @type {Set<Story>} */
  const deciding = new Set();

  /** @param {Story} story */
  const endsInside = ({ plan, doing }) => plan.when === 'inside' && plan.operation === doing;

  /** The transaction has written, and nothing is committed yet. */
  class DeadlyDatabase extends Database {
    /** @param {string} source */
    exec(source) {
      if (source === 'BEGIN IMMEDIATE') deciding.clear();
      if (source === 'COMMIT' && (isHere('inside') || [...deciding].some(endsInside))) die();
      return super.exec(source);
    }
  }

  /** What a rule decides, noting whose rule it is. @template A @param {Story} story @param {A} decided */
  const noted = (story, decided) => {
    deciding.add(story);
    return decided;
  };

  /** @param {{ path: string, busyPatienceMs?: number }} options @returns {TokenStore} */
  const store = (options) => {
    /** @type {TokenStore} */
    const inner = makeSqliteStore(options, { load: async () => DeadlyDatabase, migrations });
    return {
      ...inner,
      read: (key) => step('read', inner.read(key)),
      putPending: (pending, nowMs) => step('put pending', inner.putPending(pending, nowMs)),
      updatePending: (id, change) => async () => {
        const story = stories.getStore();
        if (story === undefined) return inner.updatePending(id, change)();
        const found = await inner.updatePending(id, (current) => ({ pending: current, result: current }))();
        const current = found._tag === 'Right' ? found.right : undefined;
        const write = inner.updatePending(id, (before) => noted(story, change(before)));
        return step(pendingMeaning(current, change(current).pending), write)();
      },
      update: (key, change, options) => async () => {
        const story = stories.getStore();
        if (story === undefined) return inner.update(key, change, options)();
        const found = await inner.read(key)();
        const current = found._tag === 'Right' ? found.right : undefined;
        const write = inner.update(key, (before, nowMs) => noted(story, change(before, nowMs)), options);
        return step(meaning(current, change(current, undefined)), write)();
      },
      updateNote: (name, change, options) => {
        const rests = stories.getStore()?.sent === true ? 'note the rest' : 'look up the rest';
        return step(name.startsWith('rest/') ? rests : 'note', inner.updateNote(name, change, options));
      },
    };
  };

  /** @param {import('../../../src/ports/clock.js').Clock} clock @returns {HttpClient} */
  const httpClient = (clock) => {
    /** @type {HttpClient} */
    const inner = gotHttpClient({ clock, rules: { allowHttpOnLoopback: true } });
    return {
      send: (request) => async () => {
        const story = stories.getStore();
        if (story !== undefined) story.sent = true;
        return step('send', inner.send(request))();
      },
    };
  };

  /** Runs a call as the story of its account. @template A @param {unknown} key @param {() => Promise<A>} call */
  const inStory = (key, call) => {
    const plan = typeof key === 'string' ? plans[key] : undefined;
    return plan === undefined ? call() : stories.run({ plan, sent: false, doing: undefined }, step('hand out', call));
  };

  return { store, httpClient, inStory };
};

/** What becomes of a pending authorization. @param {PendingAuthorization | undefined} current @param {PendingAuthorization | undefined} next */
const pendingMeaning = (current, next) => {
  if (next === current) return 'look up pending';
  if (next === undefined) return 'close pending';
  if (next.delivery === undefined) return 'reopen pending';
  return next.delivery.completed ? 'complete pending' : 'take pending';
};

/** What a change does to an account, in the words of the renewal protocol. @param {AccountRecord | undefined} current @param {Change} change */
const meaning = (current, change) => {
  if (change._tag !== 'Put') return 'look';
  const { record } = change;
  if (record.generation > (current?.generation ?? 0)) return 'commit';
  if (record.attempt !== undefined && record.attempt.id !== current?.attempt?.id) return 'begin';
  if (current?.attempt === undefined) return 'update';
  if (record.attempt?.unknown === true) return 'leave open';
  return record.failure?.terminal === undefined ? 'release' : 'reject';
};
