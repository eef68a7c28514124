import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events';

/**
 * Lets one signal end any number of calls: each listens to it for as long as it lasts, and beyond ten at a time Node would
 * warn of a leak that is none. A limit that somebody has set himself stays.
 */
export const signalForMany = (signal: unknown): void => {
  if (signal instanceof EventTarget && hasUsualLimit(signal)) setMaxListeners(Infinity, signal);
};

/** Node 20 throws where the limit is 0, which is none. */
const hasUsualLimit = (signal: EventTarget): boolean => {
  try {
    return getMaxListeners(signal) === defaultMaxListeners;
  } catch {
    return false;
  }
};
