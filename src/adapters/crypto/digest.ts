import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text's UTF-8 as 64 lower-case hex digits. A state is stored as this, so that a leaked store answers no callback. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Whether two texts are equal, in a time that tells nothing about where they differ; any lengths. */
export const equalInConstantTime = (a: string, b: string): boolean => timingSafeEqual(digestOf(a), digestOf(b));

/** Of UTF-16, which keeps apart what UTF-8 writes alike: lone halves of surrogate pairs. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf16le').digest();
