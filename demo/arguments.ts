import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProviderId } from './api-calls.js';
import { DemoFailure } from './demo-failure.js';

/** What the command line asks for. */
export interface Asked {
  readonly help: boolean;
  readonly json: boolean;
  /** An absolute path. */
  readonly database: string;
  /** The real provider to talk to; undefined for the stand-ins. */
  readonly provider: ProviderId | undefined;
}

/** Reads the words after the script's name. Throws {@link DemoFailure} for what it does not know. */
export const readArguments = (words: readonly string[]): Asked => {
  const { help = false, json = false, database, provider } = parse(words);
  if (provider !== undefined && !isProviderId(provider)) {
    throw new DemoFailure(`--provider takes centry, tray or citrusad`, 2);
  }
  if (database?.trim() === '') throw new DemoFailure('--database takes the path of a file', 2);
  return { help, json, database: resolve(database ?? 'llavero-demo.db'), provider };
};

const parse = (words: readonly string[]) => {
  try {
    return parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        database: { type: 'string' },
        provider: { type: 'string' },
      },
    }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ', 1).join('') : 'these arguments make no sense';
    throw new DemoFailure(`${why}. What there is: npm run demo -- --help`, 2);
  }
};

const isProviderId = (text: string): text is ProviderId => ['centry', 'tray', 'citrusad'].includes(text);
