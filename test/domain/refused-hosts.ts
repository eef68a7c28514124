/** A host that secrets may not be sent to, as somebody might write it, and what makes it one. */
export type RefusedHost = readonly [what: string, host: string];

type Bytes = readonly [number, number, number, number];

/** IPv4 addresses that are not the public internet, each for a reason of its own. */
const addresses: Readonly<Record<string, Bytes>> = {
  'this host': [0, 0, 0, 0],
  loopback: [127, 0, 0, 1],
  'the end of loopback': [127, 255, 255, 254],
  'private, class A': [10, 0, 0, 1],
  'private, class B': [172, 31, 255, 254],
  'private, class C': [192, 168, 1, 1],
  'shared by a carrier (RFC 6598)': [100, 64, 0, 1],
  'link-local, the metadata of most clouds': [169, 254, 169, 254],
  'link-local, the credentials of a container': [169, 254, 170, 2],
  'the metadata of Alibaba': [100, 100, 100, 200],
  'the metadata of Oracle': [192, 0, 0, 192],
  'the platform of Azure': [168, 63, 129, 16],
  benchmarks: [198, 18, 0, 1],
  multicast: [224, 0, 0, 1],
  broadcast: [255, 255, 255, 255],
};

const hex = (value: number): string => value.toString(16);
const wide = (digits: string): string => digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** The spellings of one IPv4 address that a URL parser takes for it. */
const figures = ([a, b, c, d]: Bytes): readonly string[] => {
  const dotted = `${a}.${b}.${c}.${d}`;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    dotted,
    `${dotted}.`,
    String(whole),
    `0x${hex(whole)}`,
    `0${whole.toString(8)}`,
    [a, b, c, d].map((byte) => `0x${hex(byte)}`).join('.'),
    [a, b, c, d].map((byte) => `0${byte.toString(8)}`).join('.'),
    `${a}.${b}.${c * 256 + d}`,
    `0x${hex(a)}.${(b * 256 + c) * 256 + d}`,
    dotted.replaceAll('.', '。'),
    wide(dotted),
    `%3${String(a).charAt(0)}${dotted.slice(1)}`,
  ];
};

/** The IPv6 addresses that wrap one IPv4 address. */
const wrappings = ([a, b, c, d]: Bytes): readonly string[] => {
  const dotted = `${a}.${b}.${c}.${d}`;
  const groups = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  const inverted = `${hex(0xffff - a * 256 - b)}:${hex(0xffff - c * 256 - d)}`;
  return [
    `[::ffff:${dotted}]`,
    `[::FFFF:${groups}]`,
    `[0:0:0:0:0:ffff:${dotted}]`,
    `[64:ff9b::${dotted}]`,
    `[64:ff9b::${groups}]`,
    `[64:ff9b:1::${groups}]`,
    `[2002:${groups}::1]`,
    `[2001:0:4136:e378:8000:63bf:${inverted}]`,
    `[::${dotted}]`,
  ];
};

const others: Readonly<Record<string, readonly string[]>> = {
  'an IPv6 address of this machine': ['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[0000:0000::0001]'],
  'an IPv6 address that is not public': [
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fd12:3456:789a::1]',
    '[ff02::1]',
    '[ff0e::1]',
    '[100::1]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[2001:2::1]',
    '[5f00::1]',
  ],
  'an IPv6 address with a zone': ['[fe80::1%eth0]', '[fe80::1%25eth0]', '[::1%25lo]', '[2606:4700:4700::1111%25eth0]'],
  'a name of this machine': [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'localhost。',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    'ｌｏｃａｌｈｏｓｔ',
    'loc\u00adalhost',
    '%6cocalhost',
    'shop.localhost',
    'localhost.localdomain',
    'localhost6.localdomain6',
    'ip6-localhost',
  ],
  'a name of a private network': [
    'metadata',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'instance-data.ec2.internal',
    'shop.internal',
    'shop.intranet',
    'shop.corp',
    'shop.home',
    'shop.lan',
    'shop.private',
    'printer.local',
    'nas.home.arpa',
    'kubernetes.default.svc.cluster.local',
    'intranet',
    'expyuzz4wqqyqhjn.onion',
  ],
  'a name that looks like one of this machine': ['lоcalhost', 'xn--lcalhost-2fg', 'łocalhost', 'localhοst'],
  'user info in front of it': [
    'shop.example.com@127.0.0.1',
    'shop.example.com:443@10.0.0.1',
    'shop.example.com%20@169.254.169.254',
    ':@localhost',
    '@[::1]',
    'shop.example.com@evil.example.net',
  ],
  'a port that is not the one of https': [
    'shop.example.com:22',
    'shop.example.com:80',
    'shop.example.com:6379',
    'shop.example.com:8443',
    '127.0.0.1:6379',
    '[::1]:6379',
  ],
  'what a parser would repair': [
    'shop.example.com\\@127.0.0.1',
    '127.0.0.1\\.shop.example.com',
    '127.0.0.1\t',
    '127.0.0.1#.shop.example.com',
    'shop.example.com#@127.0.0.1',
    'shop.example.com:443:443',
  ],
  'figures that are no address': ['256.256.256.256', '1.2.3.4.5', '127.0.0.09', '4294967296', '0x1ffffffff'],
};

const ofAddresses = (spell: (bytes: Bytes) => readonly string[]): readonly RefusedHost[] =>
  Object.entries(addresses).flatMap(([what, bytes]) =>
    [...new Set(spell(bytes))].map((host): RefusedHost => [what, host]),
  );

/** Every host here is refused before a name is looked up. */
export const refusedHosts: readonly RefusedHost[] = [
  ...ofAddresses(figures),
  ...ofAddresses(wrappings),
  ...Object.entries(others).flatMap(([what, hosts]) => hosts.map((host): RefusedHost => [what, host])),
];

/** Hosts with a public name; only a look-up shows what is behind it. */
export const publicNames: readonly string[] = [
  'shop.example.com',
  '127.0.0.1.nip.example',
  '10-0-0-1.example.net',
  'xn--lja-6cd.example.com',
  'metadata.google.internal.example.org',
  'localhost.example.com',
];
