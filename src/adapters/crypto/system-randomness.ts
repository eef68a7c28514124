import { randomBytes } from 'node:crypto';
import type { Randomness } from '../../ports/randomness.js';

/** The operating system's randomness for tokens; `Math.random` for what only has to spread. */
export const systemRandomness = (): Randomness => ({
  token: (bytes) => randomBytes(bytes).toString('base64url'),
  fraction: () => Math.random(),
});
