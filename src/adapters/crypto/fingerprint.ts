import { createHmac, hkdfSync, type KeyObject } from 'node:crypto';

const fingerprintBytes = 9;

/**
 * A function from a text to 12 base64url characters: equal for equal texts under one key, and telling nothing else about them.
 * HMAC-SHA256 under a key derived from `key` (RFC 5869), so that the key itself serves one purpose only.
 */
export const keyedFingerprint = (key: KeyObject): ((text: string) => string) => {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'llavero fingerprint v1', 32));
  return (text) =>
    createHmac('sha256', derived).update(text, 'utf8').digest().subarray(0, fingerprintBytes).toString('base64url');
};
