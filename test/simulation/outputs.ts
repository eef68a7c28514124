import { inspect } from 'node:util';
import { LlaveroError } from '../../src/app/llavero-error.js';
import { leaks } from './canary.js';
import type { World } from './world.js';

/** I8: looks for secrets in everything that can be seen of a value. */
export const watchOutput = (world: World, what: string, value: unknown): void => {
  const shown = [JSON.stringify(value) ?? ''];
  if (value instanceof Error) shown.push(value.message);
  if (world.plan.seed % 16 === 0) {
    shown.push(String(value), inspect(value, { depth: 8, showHidden: true }));
    if (value instanceof Error) shown.push(value.stack ?? '');
  }
  if (shown.some(leaks)) world.violation(`I8: a secret can be seen in ${what}`);
};

/** What a call was refused with, checked for what no error may be. */
export const refusalOf = (world: World, what: string, error: unknown): LlaveroError | undefined => {
  watchOutput(world, `the error of ${what}`, error);
  if (!(error instanceof LlaveroError)) {
    world.violation(`${what} was rejected with ${String(error)}`);
    return undefined;
  }
  return error;
};
