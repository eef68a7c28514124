import { afterAll } from 'vitest';

const due = new Set<() => Promise<void>>();

/**
 * A clean-up that runs once: when it is called, or else when the test file is done. A test that runs out of time never comes
 * to the end of its scopes, and must leave neither processes nor files behind.
 */
export const cleanUpOnce = (work: () => Promise<unknown>): (() => Promise<void>) => {
  const once = async (): Promise<void> => {
    if (due.delete(once)) await work();
  };
  due.add(once);
  return once;
};

afterAll(async () => {
  for (const cleanUp of [...due].toReversed()) await cleanUp();
});
