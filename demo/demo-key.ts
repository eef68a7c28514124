import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DemoFailure } from './demo-failure.js';

/** Where the demo keeps its encryption key: beside the database, `llavero-demo.key` for `llavero-demo.db`. */
const keyFileOf = (database: string): string => `${database.replace(/\.db$/, '')}.key`;

/**
 * Makes an encryption key when there is none yet, in a file of mode 0600, and says whether it did. A real backend keeps its
 * key where it keeps its other secrets, and not beside the database.
 */
export const ensureDemoKey = (database: string): { readonly keyFile: string; readonly created: boolean } => {
  const keyFile = keyFileOf(database);
  if (existsSync(keyFile)) return { keyFile, created: false };
  if (existsSync(database)) {
    throw new DemoFailure(
      `${database} is there, but not the key that opens it, ${keyFile}: put the key back, or delete the database`,
    );
  }
  try {
    writeFileSync(keyFile, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new DemoFailure(`cannot write ${keyFile} (${codeOf(error)})`);
  }
  return { keyFile, created: true };
};

/** What `createLlavero` takes as `encryption`. */
export const readDemoKey = (
  database: string,
): { readonly keys: readonly [{ readonly id: string; readonly secret: string }] } => ({
  keys: [{ id: 'demo', secret: readFileSync(keyFileOf(database), 'utf8').trim() }],
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
