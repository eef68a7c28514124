import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { RawAnswer } from '../../src/adapters/http/send-once.js';
import type { Random } from '../simulation/random.js';
import { oddHeaders } from './odd-headers.js';
import { oddValue, oddValueFor, quoted, type RawMember } from './odd-json.js';
import { planted } from './odd-texts.js';

/** An answer as it might come off the wire. */
export interface OddAnswer extends RawAnswer {
  /** The body before its content coding. */
  readonly plain: Buffer;
  /** The coding is one of those that are undone, and the body is coded by it. */
  readonly decodes: boolean;
}

type Members = readonly RawMember[];

const extraNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'error',
  'error_description',
  'error_code',
  'code',
  'scope',
  'token_type',
  'expires_in',
  'refresh_token',
  'access_token',
  'refresh_token_expires_in',
  'api_host',
  'store_id',
  'user_id',
  'Refresh_Token',
  'refreshToken',
  'REFRESH_TOKEN',
  'refresh_token ',
  '',
  'id_token',
  'date_activated',
  'expires',
  'length',
] as const;

const nameOf = ([name]: RawMember): string => {
  const parsed: unknown = JSON.parse(name);
  return typeof parsed === 'string' ? parsed : '';
};

/** The members of an answer as a provider writes them. */
export const membersOf = (json: object): Members =>
  Object.entries(json).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)]);

const replaced = (members: Members, at: number, ...by: Members): Members => members.toSpliced(at, 1, ...by);

/** One small thing wrong with the members. */
const mutateMembers = (random: Random, members: Members): Members => {
  const at = random.below(members.length);
  const member = members[at];
  if (member === undefined || random.chance(0.25)) {
    const name = random.pick(extraNames);
    const added: RawMember = [quoted(random, name), oddValueFor(random, name)];
    return random.chance(0.5) ? [added, ...members] : [...members, added];
  }
  const name = nameOf(member);
  switch (random.below(8)) {
    case 0:
      return replaced(members, at);
    case 1:
      return replaced(members, at, member, [member[0], oddValueFor(random, name)]);
    case 2:
      return replaced(members, at, [member[0], oddValueFor(random, name)], member);
    case 3:
      return replaced(members, at, [
        JSON.stringify(random.pick([name.toUpperCase(), ` ${name}`, `${name}s`])),
        member[1],
      ]);
    case 4:
      return replaced(members, at, [quoted(random, name), members[random.below(members.length)]?.[1] ?? 'null']);
    default:
      return replaced(members, at, [member[0], oddValueFor(random, name)]);
  }
};

const write = (random: Random, members: Members): string => {
  const space = random.pick(['', '', '', ' ', '\n  ', '\t']);
  return `{${members.map(([name, value]) => `${space}${name}:${space}${value}`).join(',')}}`;
};

/** One thing wrong with the text as a whole. */
const mutateText = (random: Random, text: string): string => {
  switch (random.below(9)) {
    case 0:
    case 1:
      return text.slice(0, random.below(text.length + 1));
    case 2:
      return `\ufeff${text}`;
    case 3:
      return `${random.pick([' ', '\r\n', '\u00a0', '\ufeff\ufeff', ")]}',\n", 'callback('])}${text}`;
    case 4:
      return `${text}${random.pick([' ', '\n\n', text, ',', '\u0000', ');', '<!-- cached -->'])}`;
    case 5:
      return random.pick([`[${text}]`, `{"data":${text}}`, JSON.stringify(text), text.replaceAll('"', "'")]);
    case 6:
      return text.slice(random.below(text.length));
    case 7:
      return random.pick(['', 'null', '7', `"${planted}"`, '<html><body>502</body></html>', oddValue(random)]);
    default: {
      const at = random.below(text.length + 1);
      return (
        text.slice(0, at) + random.pick(['\u0000', '\r\n', '\\', '"', ',', '}', '\ud800', '/*x*/']) + text.slice(at)
      );
    }
  }
};

const brokenUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]] as const;

/** One thing wrong with the bytes. */
const mutateBytes = (random: Random, bytes: Buffer): Buffer => {
  const at = random.below(bytes.length);
  const before = bytes.subarray(0, at);
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([before, Buffer.from(random.pick<readonly number[]>(brokenUtf8)), bytes.subarray(at)]);
    case 1:
      return Buffer.concat([before, Buffer.from([(bytes[at] ?? 0) ^ (1 << random.below(8))]), bytes.subarray(at + 1)]);
    case 2:
      return random.chance(0.5)
        ? Buffer.from(bytes.toString('utf8'), 'utf16le')
        : Buffer.from(bytes.toString(), 'latin1');
    default:
      return before;
  }
};

const plainBody = (random: Random, members: Members): Buffer => {
  let odd = members;
  for (let left = random.below(4); left > 0; left -= 1) odd = mutateMembers(random, odd);
  const text = write(random, odd);
  const bytes = Buffer.from(random.chance(0.15) ? mutateText(random, text) : text, 'utf8');
  return random.chance(0.1) ? mutateBytes(random, bytes) : bytes;
};

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } } as const;

const coded = (
  random: Random,
  plain: Buffer,
): readonly [coding: string | undefined, body: Buffer, decodes: boolean] => {
  if (!random.chance(0.04))
    return [random.chance(0.02) ? random.pick(['', 'identity', 'Identity ']) : undefined, plain, true];
  switch (random.below(6)) {
    case 0:
      return [random.pick(['gzip', 'x-gzip', 'GZIP', ' gzip ']), gzipSync(plain, { level: 1 }), true];
    case 1:
      return ['deflate', deflateSync(plain, { level: 1 }), true];
    case 2:
      return ['br', brotliCompressSync(plain, quick), true];
    case 3:
      return [random.pick(['gzip', 'deflate', 'br']), plain, false];
    case 4:
      return ['gzip', gzipSync(plain).subarray(0, random.below(20)), false];
    default:
      return [random.pick(['zstd', 'gzip, br', 'constructor', '__proto__', 'x'.repeat(5_000)]), plain, false];
  }
};

/** The answer that a status and these members come to once a seed has had its way with them. */
export const oddAnswer = (random: Random, status: number, members: Members): OddAnswer => {
  const plain = plainBody(random, members);
  const [coding, body, decodes] = coded(random, plain);
  return { status, headers: oddHeaders(random, coding), body, plain, decodes };
};

/** An answer for people who look. */
export const describeAnswer = ({ status, headers, plain }: OddAnswer): string =>
  `${status} ${JSON.stringify(headers)} ${JSON.stringify(plain.toString('utf8'))}`;
