import { LlaveroError } from 'llavero';
import { readArguments, type Asked } from './arguments.js';
import { endChildren } from './child-process.js';
import { DemoFailure } from './demo-failure.js';
import { demo } from './demo.js';
import { help } from './help.js';
import { makeNarrator } from './narrator.js';
import { realProvider } from './real-provider.js';

const run = async ({ json, database, provider }: Asked): Promise<void> => {
  const narrator = makeNarrator(json ? process.stderr : process.stdout);
  const story =
    provider === undefined
      ? await demo(database, narrator)
      : await realProvider(provider, database, narrator, process.env);
  const broken = narrator.claims.filter(({ holds }) => !holds);

  narrator.title('The database stays. To look at it:');
  for (const way of story.waysToLook) narrator.verbatim(`  ${way}`);
  narrator.title(`Done in ${(story.elapsedMs / 1000).toFixed(1)} s.`);
  if (json) process.stdout.write(`${JSON.stringify(story, undefined, 2)}\n`);
  if (broken.length > 0) throw new DemoFailure(`not everything held: ${broken.map(({ claim }) => claim).join('; ')}`);
};

/** What went wrong, in a sentence and without a stack. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof LlaveroError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : 'something that is no Error was thrown';
};

const fail = (error: unknown): void => {
  endChildren();
  const sentence = sentenceOf(error);
  process.stderr.write(`\nThe demo ended: ${sentence}\n`);
  if (sentence.startsWith('ERR_DECRYPTION_FAILED')) {
    process.stderr.write('The key beside the database is another one: put the right one back, or delete both files.\n');
  }
  process.exitCode = error instanceof DemoFailure ? error.exitCode : 1;
};

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    process.stderr.write('\nStopped.\n');
    process.exit(exitCode);
  });
}
process.stdout.on('error', () => process.exit(1));

try {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) process.stdout.write(help);
  else await run(asked);
} catch (error) {
  fail(error);
}
