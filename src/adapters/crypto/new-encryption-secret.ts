import { randomBytes } from 'node:crypto';
import { keyBytes } from './encryption-keys.js';

/** A new key for `encryption.keys`: 32 random bytes as base64. */
export const newEncryptionSecret = (): string => randomBytes(keyBytes).toString('base64');
