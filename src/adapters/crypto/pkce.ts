import { createHash } from 'node:crypto';

/** The S256 code challenge of a verifier: base64url of its SHA-256, without padding (RFC 7636 §4.2). */
export const codeChallengeS256 = (verifier: string): string =>
  createHash('sha256').update(verifier, 'ascii').digest('base64url');
