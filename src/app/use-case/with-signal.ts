import { signalForMany } from '../../adapters/process/signal-for-many.js';

/** Work that a caller stops waiting for when its signal aborts; the work itself goes on. What `aborted` gives is thrown then. */
export const withSignal = async <A>(
  signal: AbortSignal | undefined | null,
  aborted: (signal: AbortSignal) => unknown,
  work: () => Promise<A>,
): Promise<A> => {
  if (signal === undefined || signal === null) return work();
  signalForMany(signal);
  const { promise, reject } = rejectable();
  const stop = (): void => reject(aborted(signal));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await (signal.aborted ? promise : Promise.race([work(), promise]));
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const rejectable = (): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } => {
  let reject = (_reason: unknown): void => undefined;
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
};
