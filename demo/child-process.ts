import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DemoFailure } from './demo-failure.js';
import type { CallMessage, Greeting, Protocol, Reply } from './protocol.js';

/** A process of the demo's own, and the only way to it. */
export interface Child<P extends Protocol, Announcement> {
  readonly pid: number;
  readonly announcement: Announcement;
  readonly call: <Name extends keyof P>(name: Name, input: P[Name]['input']) => Promise<P[Name]['output']>;
  /** SIGKILL: it ends on the spot, without a chance to put anything away. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** Lets it finish. Resolves when it is gone. */
  readonly end: () => Promise<void>;
}

const living = new Set<ChildProcess>();

/** Ends every child that still runs, each by its own id. */
export const endChildren = (): void => {
  for (const child of living) child.kill('SIGKILL');
};

process.on('exit', endChildren);

/** Starts a script of this directory, hands it its settings, and resolves once it says that it is ready. */
export const startChild = async <P extends Protocol, Announcement>(
  name: 'worker' | 'stand-ins-process',
  settings: unknown,
): Promise<Child<P, Announcement>> => {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const child = fork(script, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  living.add(child);
  const gone = new Promise<void>((resolve) => {
    const leave = (): void => {
      living.delete(child);
      resolve();
    };
    child.once('exit', leave);
    child.once('error', leave);
  });
  const waiting = new Map<number, (reply: Reply<unknown>) => void>();
  const announcement = await new Promise<Announcement>((resolve, reject) => {
    void gone.then(() => {
      const failure = `the process of ${name} ended before it answered`;
      reject(new DemoFailure(failure));
      for (const [id, settle] of waiting) settle({ id, failure });
    });
    child.on('message', (message: unknown) => {
      if (isReady<Announcement>(message)) resolve(message.ready);
      else if (isNotReady(message)) reject(new DemoFailure(message.notReady));
      else if (isReply(message)) waiting.get(message.id)?.(message);
    });
    child.send({ settings }, () => undefined);
  });

  let calls = 0;
  const call = <Name extends keyof P>(asked: Name, input: P[Name]['input']): Promise<P[Name]['output']> => {
    calls += 1;
    const message: CallMessage<P, Name> = { id: calls, call: asked, input };
    return new Promise((resolve, reject) => {
      waiting.set(message.id, (reply) => {
        waiting.delete(message.id);
        if (isOutput<P[Name]['output']>(reply)) resolve(reply.output);
        else reject(new DemoFailure('failure' in reply ? reply.failure : `${name} gave no answer`));
      });
      child.send(message, (error) => {
        if (error !== null) waiting.get(message.id)?.({ id: message.id, failure: `the process of ${name} is gone` });
      });
    });
  };

  return {
    pid: child.pid ?? 0,
    announcement,
    call,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
    end: () => {
      if (child.connected) child.disconnect();
      return gone;
    },
  };
};

const isReady = <Announcement>(
  message: unknown,
): message is Extract<Greeting<Announcement>, { readonly ready: unknown }> =>
  typeof message === 'object' && message !== null && 'ready' in message;

const isNotReady = (message: unknown): message is Extract<Greeting<never>, { readonly notReady: string }> =>
  typeof message === 'object' && message !== null && 'notReady' in message;

const isReply = (message: unknown): message is Reply<unknown> =>
  typeof message === 'object' && message !== null && 'id' in message;

const isOutput = <Output>(reply: Reply<unknown>): reply is { readonly id: number; readonly output: Output } =>
  'output' in reply;
