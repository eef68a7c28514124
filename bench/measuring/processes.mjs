import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A process that answers what it is asked.
 *
 * @typedef {{ ask: (what: string, ...parameters: unknown[]) => Promise<any>, stop: () => Promise<void> }} Process
 */

/**
 * Starts a script that calls {@link answer}. Asking rejects when it throws or ends before it has answered.
 *
 * @param {URL} script
 * @param {readonly string[]} flags
 * @returns {Process}
 */
export const startProcess = (script, flags = []) => {
  const name = fileURLToPath(script);
  const child = fork(name, { execArgv: [...flags], serialization: 'advanced' });
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let serial = 0;
  child.on('message', (/** @type {any} */ { to, value, error }) => {
    const asker = waiting.get(to);
    waiting.delete(to);
    if (error === undefined) asker?.resolve(value);
    else asker?.reject(new Error(error));
  });
  const ended = once(child, 'exit');
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended before it had answered`));
  });
  return {
    ask: (what, ...parameters) =>
      new Promise((resolve, reject) => {
        serial += 1;
        waiting.set(serial, { resolve, reject });
        child.send({ serial, what, parameters });
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};

/**
 * Answers what the parent process asks, and ends when that lets go.
 *
 * @param {Readonly<Record<string, (...parameters: any[]) => unknown>>} answers
 */
export const answer = (answers) => {
  const reply = async (/** @type {any} */ { serial, what, parameters }) => {
    try {
      process.send?.({ to: serial, value: await answers[what]?.(...parameters) });
    } catch (error) {
      process.send?.({ to: serial, error: error instanceof Error ? `${error.stack}` : String(error) });
    }
  };
  process.on('message', (message) => void reply(message));
  process.on('disconnect', () => process.exit());
};
