import type { IncomingHttpHeaders } from 'node:http';
import type { Random } from '../simulation/random.js';
import { planted } from './odd-texts.js';

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;charset=latin1',
  'application/problem+json',
  'text/html',
  'text/plain',
  'application/json, text/html',
  '',
  ';',
  'application/jsonp',
  'application/x-www-form-urlencoded',
] as const;

/** Values of a Retry-After header, few of which say anything. */
const retryAfters = [
  '0',
  '1',
  '120',
  '86400',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '',
  ' ',
  ' 30 ',
  '30s',
  '30, 60',
  '9'.repeat(400),
  'Infinity',
  'NaN',
  '９',
  'Thu, 01 Jan 2026 00:01:00 GMT',
  'Thu, 01 Jan 2025 00:00:00 GMT',
  'Wed, 31 Dec 9999 23:59:59 GMT',
  'Thursday, 01-Jan-26 00:01:00 GMT',
  'Thu Jan  1 00:01:00 2026',
  'Thu, 32 Jan 2026 00:00:00 GMT',
  'Thu, 01 Foo 2026 00:00:00 GMT',
  'Thu, 01 Jan 2026 25:00:00 GMT',
  'Thu, 01 Jan 2026 00:01:00 PST',
  '2026-01-01T00:01:00Z',
  'tomorrow',
  '\u0000',
  planted,
  '0'.repeat(9_999) + '7',
] as const;

const dates = [
  'Thu, 01 Jan 2026 00:00:00 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  '',
  'yesterday',
  'Thu, 99 Jan 2026',
] as const;

/** The head of an answer, with whatever a server, a proxy or an enemy puts there. */
export const oddHeaders = (random: Random, coding: string | undefined): IncomingHttpHeaders => ({
  ...(random.chance(0.1)
    ? {}
    : { 'content-type': random.chance(0.7) ? 'application/json' : random.pick(contentTypes) }),
  ...(coding === undefined ? {} : { 'content-encoding': coding }),
  ...(random.chance(0.5) ? { 'retry-after': random.pick(retryAfters) } : {}),
  ...(random.chance(0.5) ? { date: random.pick(dates) } : {}),
  ...(random.chance(0.2) ? { 'set-cookie': [`a=${planted}`, `b=${planted}`], 'x-token': planted } : {}),
});
