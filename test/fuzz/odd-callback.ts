import type { Random } from '../simulation/random.js';
import { oddText } from './odd-texts.js';

type Pairs = ReadonlyArray<readonly [name: string, value: string]>;

/** What a browser might bring back. */
export interface OddCallback {
  readonly returned: string | URL | URLSearchParams;
  /** The parameters as they have to be read; undefined where nobody can say. */
  readonly pairs: Pairs | undefined;
}

const names = [
  'state',
  'code',
  'error',
  'error_description',
  'api_address',
  'store_host',
  'store',
  'adm_user',
  'iss',
  'State',
  'CODE',
  'state[]',
  'state ',
  '__proto__',
  'constructor',
  'toString',
  '',
  'redirect_uri',
  'url',
] as const;

const errors = ['access_denied', 'server_error', 'temporarily_unavailable', 'invalid_scope', 'oops', ''] as const;

const addresses = [
  'https://shop.example.com/web_api',
  'http://shop.example.com/web_api',
  'shop.example.com',
  'https://shop.example.com:444/web_api',
  'https://evil.example/web_api',
  'https://shop.example.com@evil.example/web_api',
  'https://shop.example.com.evil.example',
  'https://127.0.0.1/web_api',
  'https://[::1]/web_api',
  'https://2130706433/web_api',
  'https://shop.example.com/web_api/web_api/',
  'https://shop.example.com/x/web_api',
  'https://shop.example.com/web_api?a=b',
  'https://shop.example.com\\@evil.example/web_api',
  'https://shop.example.com#@evil.example',
  'javascript:alert(1)',
  'file:///etc/passwd',
  '//evil.example',
  'https://',
  'ſhop.example.com',
  'https://SHOP.example.COM/web_api',
  ' https://shop.example.com/web_api ',
  'https://shop.example.com/web_api\r\nHost: evil',
] as const;

const oddValueOf = (random: Random, name: string): string => {
  if (name === 'error' && random.chance(0.7)) return random.pick(errors);
  if ((name === 'api_address' || name === 'store_host') && random.chance(0.8)) return random.pick(addresses);
  return oddText(random);
};

const mutatePairs = (random: Random, pairs: Pairs, otherState: string): Pairs => {
  const at = random.below(pairs.length);
  const [name, value] = pairs[at] ?? ['state', ''];
  switch (random.below(11)) {
    case 8:
      return [...pairs.filter(([present]) => present !== 'code'), ['error', random.pick(errors)]];
    case 0:
      return [...pairs, [name, random.chance(0.5) ? value : oddValueOf(random, name)]];
    case 1:
      return [[name, random.chance(0.3) ? '' : oddValueOf(random, name)], ...pairs];
    case 2:
      return pairs.toSpliced(at, 1);
    case 3:
      return pairs.toSpliced(at, 1, [name, '']);
    case 4:
      return pairs.toSpliced(at, 1, [random.pick(names), value]);
    case 5:
      return pairs.map((pair) =>
        pair[0] === 'state'
          ? ['state', random.pick([otherState, ` ${pair[1]}`, `${pair[1]}\u0000`, pair[1].toUpperCase()])]
          : pair,
      );
    case 6: {
      const added = random.pick(names);
      return [...pairs, [added, oddValueOf(random, added)]];
    }
    case 7:
      return pairs.toReversed();
    default:
      return pairs.toSpliced(at, 1, [name, oddValueOf(random, name)]);
  }
};

const encoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** Every character as its percent form, which means the same. */
const wholly = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const inUtf8 = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** A query in which lone halves of surrogate pairs have become what URLs make of them. */
const asRead = (pairs: Pairs): Pairs => pairs.map(([name, value]) => [inUtf8(name), inUtf8(value)] as const);

const written = (random: Random, pairs: Pairs): OddCallback['returned'] => {
  const encode = random.chance(0.2) ? wholly : encoded;
  const query = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join(random.chance(0.1) ? '&&' : '&');
  switch (random.below(8)) {
    case 0:
      return new URLSearchParams(query);
    case 1:
      return new URL(`https://app.example.com/back?${query}`);
    case 2:
      return `/back?${query}`;
    case 3:
      return `?${query}`;
    case 4:
      return `https://app.example.com/back?${query}#state=nothing&code=nothing`;
    case 5:
      return `http://[::1]:8080/a/../back?${query}`;
    default:
      return `https://app.example.com/back?${query}`;
  }
};

const mutateText = (random: Random, text: string): string => {
  const at = random.below(text.length + 1);
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(at);
    case 2:
      return (
        text.slice(0, at) +
        random.pick(['%', '%zz', '%00', '?', '#', '&', '=', '&state=', ';', '+', '\r\n', '\ud800', '\\']) +
        text.slice(at)
      );
    case 3:
      return text.replaceAll('&', random.pick(['&amp;', ';', '%26', '?']));
    case 4:
      return random.pick([
        '',
        '?',
        '#',
        '=',
        '&',
        '????',
        'null',
        text + text,
        encoded(text),
        text.repeat(50),
        `?${'a&'.repeat(5_000)}`,
      ]);
    default:
      return text.slice(0, at) + oddText(random) + text.slice(at);
  }
};

/** The true callback, changed here and there. */
export const oddCallback = (random: Random, truth: Pairs, otherState: string): OddCallback => {
  let pairs = truth;
  for (let left = 1 + random.below(2); left > 0; left -= 1) pairs = mutatePairs(random, pairs, otherState);
  const returned = written(random, pairs);
  return typeof returned === 'string' && random.chance(0.25)
    ? { returned: mutateText(random, returned), pairs: undefined }
    : { returned, pairs: pairs.length === 0 ? undefined : asRead(pairs) };
};
