import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { HttpFailure } from '../../ports/http-client.js';
import { answerLimitBytes } from './answer-limit.js';
import { unknown } from './http-failure.js';

type Decoder = (body: Buffer, options: ZlibOptions) => Buffer;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['', (body) => body],
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', (body, { maxOutputLength }) => brotliDecompressSync(body, { maxOutputLength: maxOutputLength ?? 0 })],
]);

/**
 * Undoes a content coding that was not asked for, because the body may hold the only living refresh token. It stops at the
 * limit, so a few kilobytes cannot fill the memory; that much is inflated in about a millisecond.
 */
export const decodeBody = (body: Buffer, coding: string): Either<HttpFailure, Buffer> => {
  const decode = decoders.get(coding.trim().toLowerCase());
  if (decode === undefined) return left(unknown('undecodable'));
  try {
    return right(decode(body, { maxOutputLength: answerLimitBytes }));
  } catch (error) {
    return left(unknown(error instanceof RangeError ? 'too_large' : 'undecodable'));
  }
};
