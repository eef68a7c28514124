import { runCommand } from '../../src/app/command-line/run-command.js';
import type { CanaryPath } from './canary-path.js';
import type { Stage } from './stage.js';
import { vendorNames } from './vendors.js';

/** Parameters with a secret where a command or nothing belongs. */
const parameters: readonly (readonly [string, (secret: string) => readonly string[]])[] = [
  ['a secret for a command', (secret) => [secret]],
  ['a secret behind keygen', (secret) => ['keygen', secret]],
  ['a secret as an option', (secret) => [`--secret=${secret}`]],
];

const typed = (stage: Stage, make: (secret: string) => readonly string[]): Promise<string> =>
  stage.end(() => {
    const result = runCommand(make(stage.secret('misplaced secret')));
    stage.search('stdout of the command', result.out);
    stage.search('stderr of the command', result.err);
    return result;
  });

/** What somebody types at the command line; it knows no vendor, so one is enough. */
export const commandPaths: readonly CanaryPath[] = vendorNames.slice(0, 1).flatMap((vendor) =>
  parameters.map(([what, make]) => ({
    name: `command line: ${what}`,
    vendor,
    ends: 'ok',
    play: (stage: Stage) => typed(stage, make),
  })),
);
