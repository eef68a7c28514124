import { LlaveroError } from 'llavero';
import type { CallMessage, Greeting, Protocol, Reply } from './protocol.js';

type Handlers<P extends Protocol> = {
  readonly [Name in keyof P]: (input: P[Name]['input']) => P[Name]['output'] | Promise<P[Name]['output']>;
};

/** What a child answers with, and what it does when its parent lets go of it or is gone. */
interface Service<P extends Protocol, Announcement> {
  readonly announcement: Announcement;
  readonly handlers: Handlers<P>;
  readonly close: () => Promise<void>;
}

/**
 * The child's side of a pair of processes: waits for its settings, starts, says that it is ready and answers calls. It
 * leaves Ctrl-C to its parent, and never outlives it.
 */
export const serveParent = async <P extends Protocol, Settings, Announcement>(
  start: (settings: Settings) => Promise<Service<P, Announcement>>,
): Promise<void> => {
  process.on('SIGINT', () => undefined);
  const settings = await firstMessage<Settings>();
  const service = await start(settings).catch((error: unknown) => {
    send<Greeting<never>>({ notReady: sentenceOf(error) });
  });
  if (service === undefined) {
    process.once('disconnect', () => process.exit(1));
    return;
  }
  const answer = async <Name extends keyof P>({ id, call, input }: CallMessage<P, Name>): Promise<void> => {
    try {
      send<Reply<P[Name]['output']>>({ id, output: await service.handlers[call](input) });
    } catch (error) {
      send<Reply<never>>({ id, failure: sentenceOf(error) });
    }
  };
  process.on('message', (message: unknown) => {
    if (isCall<P>(message)) void answer(message);
  });
  const leave = (): void => {
    void service.close().finally(() => process.exit(0));
  };
  if (process.connected) process.once('disconnect', leave);
  else leave();
  send<Greeting<Announcement>>({ ready: service.announcement });
};

const firstMessage = <Settings>(): Promise<Settings> =>
  new Promise((resolve) => {
    const alone = (): void => process.exit(0);
    process.once('disconnect', alone);
    process.once('message', (message: unknown) => {
      process.off('disconnect', alone);
      if (isSettings<Settings>(message)) resolve(message.settings);
    });
  });

const send = <Message>(message: Message): void => {
  if (process.connected) process.send?.(message);
};

const isSettings = <Settings>(message: unknown): message is { readonly settings: Settings } =>
  typeof message === 'object' && message !== null && 'settings' in message;

const isCall = <P extends Protocol>(message: unknown): message is CallMessage<P, keyof P> =>
  typeof message === 'object' && message !== null && 'call' in message;

/** An error of llavero's with its code; any other by its message. Neither holds a secret. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof LlaveroError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error was thrown';
};
