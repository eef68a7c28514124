import { createHmac } from 'node:crypto';

const fingerprintBytes = 9;

/**
 * A function from a text to 12 base64url characters: equal for equal texts under one secret, and telling nothing else about
 * them. HMAC-SHA256 (RFC 2104), cut to 72 bits.
 */
export const keyedFingerprint =
  (secret: string): ((text: string) => string) =>
  (text) =>
    createHmac('sha256', secret).update(text, 'utf8').digest().subarray(0, fingerprintBytes).toString('base64url');
