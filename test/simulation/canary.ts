/** Stands in every secret of a simulated world, so often that every piece of eight characters has it whole. */
const canary = 'kX9';

type Kind = 'acc' | 'ref' | 'cod' | 'cli' | 'rnd';

const groupOf = (n: number): string => n.toString(36).padStart(3, '0').slice(-3);

/** The `n`-th secret of a kind: groups of three characters, every other one the canary. */
export const secretText = (kind: Kind, n: number): string =>
  [canary, kind, canary, groupOf(Math.floor(n / 46_656)), canary, groupOf(n), canary].join('');

/** Whether a text holds a secret, or eight characters of one. */
export const leaks = (text: string): boolean => text.includes(canary);
