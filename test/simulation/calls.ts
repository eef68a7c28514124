import type { TokenOptions } from '../../src/app/llavero.js';
import type { Token } from '../../src/domain/token.js';
import type { CredentialStatus } from '../../src/domain/account-state.js';
import { judgeRefusal, judgeToken, judgeTold, standingOf, tokenCall, type Standing } from './judge-token.js';
import { refusalOf, watchOutput } from './outputs.js';
import type { OpenCall, Worker, World } from './world.js';

/** A call that the world keeps in mind until it is answered. `done` is told when it went well. */
const call = <A>(
  world: World,
  worker: Worker,
  what: string,
  work: () => Promise<A>,
  done: (result: A) => void,
  refused: (error: unknown) => void,
): void => {
  const open: OpenCall = { worker, what };
  world.openCalls.add(open);
  world.trace.add(`  ${worker.name} is asked for ${what}`);
  const settle = (): boolean => world.openCalls.delete(open);
  work().then(
    (result) => {
      settle();
      world.trace.add(`  ${worker.name} has done ${what}`);
      done(result);
      worker.isReady = true;
    },
    (error: unknown) => {
      settle();
      const refusal = refusalOf(world, what, error);
      world.trace.add(`  ${worker.name} refuses ${what}: ${refusal?.code ?? 'foreign error'}`);
      refused(error);
      worker.isReady ||= refusal !== undefined && !['ERR_STORE_FAILED', 'ERR_ABORTED'].includes(refusal.code);
    },
  );
};

const nothing = (): void => undefined;

/** Asks for a token; what comes of it is judged. */
export const callToken = (
  world: World,
  worker: Worker,
  key: string,
  need: TokenOptions = {},
  given: (token: Token | undefined, code?: string) => void = nothing,
): void => {
  const asked = tokenCall(world, worker, key, need);
  if (need.force === true || need.minValidMs !== undefined) world.provoke(key);
  const { signal, ...shown } = need;
  const what = `token ${key} ${JSON.stringify(shown)}${signal === undefined ? '' : ' with a signal'}`;
  call(
    world,
    worker,
    what,
    () => worker.llavero.token(key, Object.keys(need).length === 0 ? undefined : need),
    (token) => {
      judgeToken(world, asked, token);
      given(token);
    },
    (error) => {
      const refusal = refusalOf(world, what, error);
      if (refusal !== undefined) judgeRefusal(world, asked, refusal);
      given(undefined, refusal?.code);
    },
  );
};

/** Calls an API with the token last handed out; a refusal is told to the worker. */
export const callApi = (world: World, worker: Worker, key: string): void => {
  const token = worker.handedOut.get(key);
  if (token === undefined) return;
  const answer = world.oracle.use(token.accessToken.expose());
  world.trace.add(`  ${worker.name} uses its token of ${key}: ${answer}`);
  if (answer === 'refused') callInvalidate(world, worker, key);
};

export const callInvalidate = (world: World, worker: Worker, key: string, done: () => void = nothing): void => {
  const token = worker.handedOut.get(key);
  if (token === undefined) return;
  const accessToken = token.accessToken.expose();
  world.willRefuse(accessToken);
  world.provoke(key);
  call(
    world,
    worker,
    `invalidate ${key}`,
    () => worker.llavero.invalidate(key, token),
    () => {
      worker.refused.add(accessToken);
      done();
    },
    nothing,
  );
};

export const callRegister = (world: World, worker: Worker, key: string, clientSecret?: string): void =>
  call(
    world,
    worker,
    `register ${key}`,
    () => {
      const [provider = '', account = ''] = key.split('/');
      return worker.llavero.register({ provider, account, clientSecret });
    },
    (status) => watchOutput(world, `the status of ${key}`, status),
    nothing,
  );

/** A person authorizes; the code is pasted or comes back with a browser. */
export const callAuthorize = (
  world: World,
  worker: Worker,
  key: string,
  byBrowser: boolean,
  done: () => void = nothing,
): void => {
  if (world.plan.grant === 'client') return;
  const code = world.oracle.grant(key);
  world.codeGranted(code);
  world.provoke(key);
  const kept = (token: Token): void => {
    watchOutput(world, `a token of ${key}`, token);
    if (world.ledger.committedAt(token.accessToken.expose()).length === 0) {
      world.violation(`I5: ${worker.name} handed out a token of ${key} that was committed never`);
    }
    worker.handedOut.set(key, token);
    done();
  };
  if (!byBrowser) {
    call(world, worker, `exchange ${key}`, () => worker.llavero.exchange(key, { code }), kept, nothing);
    return;
  }
  call(
    world,
    worker,
    `authorize ${key}`,
    () => worker.llavero.authorize(key),
    ({ state }) => {
      const back = new URLSearchParams({ code, state });
      call(world, worker, `callback ${key}`, () => worker.llavero.callback(back), kept, nothing);
    },
    nothing,
  );
};

export const callRemove = (world: World, worker: Worker, key: string, done: () => void = nothing): void => {
  world.provoke(key);
  call(
    world,
    worker,
    `remove ${key}`,
    () => worker.llavero.remove(key),
    () => {
      worker.removed.set(key, world.ledger.dead());
      done();
    },
    nothing,
  );
};

export const callRevoke = (world: World, worker: Worker, key: string, localOnly: boolean): void => {
  world.provoke(key);
  call(
    world,
    worker,
    `revoke ${key}`,
    () => worker.llavero.revoke(key, { localOnly }),
    () => worker.removed.set(key, world.ledger.dead()),
    nothing,
  );
};

/** An operator says "try again now". */
export const callRetry = (world: World, worker: Worker, key: string): void => {
  const standing = standingOf(world, key);
  world.provoke(key);
  world.hurry(key);
  call(
    world,
    worker,
    `retry ${key}`,
    () => worker.llavero.retry(key),
    (status) => {
      world.hurry(key);
      watchStatus(world, key, status, standing);
    },
    () => world.hurry(key),
  );
};

/** I9, as a person sees it. */
const watchStatus = (world: World, key: string, status: CredentialStatus, standing: Standing | undefined): void => {
  watchOutput(world, `the status of ${key}`, status);
  if (status.state === 'reauthorization_required') judgeTold(world, key, standing, 'the status');
};

export const callStatus = (
  world: World,
  worker: Worker,
  key: string,
  told: (state: string) => void = nothing,
): void => {
  const standing = standingOf(world, key);
  call(
    world,
    worker,
    `status ${key}`,
    () => worker.llavero.status(key),
    (status) => {
      watchStatus(world, key, status, standing);
      told(status.state);
    },
    nothing,
  );
};

export const callSweep = (world: World, worker: Worker, keepWarm: boolean): void =>
  call(
    world,
    worker,
    'sweep',
    () => worker.llavero.sweep({ keepWarm }),
    (report) => watchOutput(world, 'a sweep report', report),
    nothing,
  );

/** So long a closing worker works on what is under way, and on what could be had again. */
const [drainMs, drainReplaceableMs] = [30_000, 2_000];

/** Closes a worker and starts another in its place. */
export const callClose = (world: World, worker: Worker): void => {
  const calledMs = world.scheduler.nowMs();
  worker.isClosing = true;
  call(
    world,
    worker,
    'close',
    () => worker.llavero.close(),
    () => {
      const tookMs = world.scheduler.nowMs() - calledMs;
      worker.wasAbandoned = (isReplaceable) => tookMs >= (isReplaceable ? drainReplaceableMs : drainMs);
      world.retire(worker);
      world.startWorker(worker.process.slot);
    },
    nothing,
  );
};
