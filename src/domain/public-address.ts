import { parseIpv4, parseIpv6 } from './ip-address.js';

type Ipv4Net = readonly [net: string, bits: number];
type Ipv6Net = readonly [groups: readonly number[], bits: number];

/** IPv4 networks that are not the public internet (IANA special-purpose registry, RFC 6890). */
const ipv4NotPublic: readonly Ipv4Net[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure hands every machine its own platform services here, on an address that is public everywhere else.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Inside global unicast (2000::/3), what is not: protocol assignments with Teredo and benchmarks, and documentation. */
const ipv6NotPublic: readonly Ipv6Net[] = [
  [[0x2001], 23],
  [[0x2001, 0x0db8], 32],
  [[0x3fff], 20],
];

const ipv6GlobalUnicast: Ipv6Net = [[0x2000], 3];
const ipv4Mapped: Ipv6Net = [[0, 0, 0, 0, 0, 0xffff], 96];
const nat64: Ipv6Net = [[0x0064, 0xff9b], 96];
const sixToFour: Ipv6Net = [[0x2002], 16];

/**
 * Whether a resolved IPv4 or IPv6 address belongs to the public internet. False for private, loopback, link-local (cloud
 * metadata), shared, multicast, reserved, benchmark and documentation addresses, for an IPv6 address that only wraps such an
 * IPv4 address (mapped, NAT64, 6to4), for the abandoned wrappings (IPv4-compatible, Teredo), and for any text that is no address.
 */
export const isPublicAddress = (ip: string): boolean => {
  const ipv4 = parseIpv4(ip);
  if (ipv4 !== undefined) return isPublicIpv4(ipv4);
  const ipv6 = parseIpv6(ip);
  return ipv6 !== undefined && isPublicIpv6(ipv6);
};

/** Whether a resolved address is this machine: 127.0.0.0/8, also mapped into IPv6, or ::1. */
export const isLoopbackAddress = (ip: string): boolean => {
  const groups = parseIpv6(ip);
  const ipv4 = groups !== undefined && inIpv6Net(groups, ipv4Mapped) ? ipv4At(groups, 6) : parseIpv4(ip);
  if (ipv4 !== undefined) return inIpv4Net(ipv4, ['127.0.0.0', 8]);
  return groups !== undefined && inIpv6Net(groups, [[0, 0, 0, 0, 0, 0, 0, 1], 128]);
};

const isPublicIpv4 = (address: number): boolean => !ipv4NotPublic.some((net) => inIpv4Net(address, net));

const isPublicIpv6 = (groups: readonly number[]): boolean => {
  if (inIpv6Net(groups, ipv4Mapped) || inIpv6Net(groups, nat64)) return isPublicIpv4(ipv4At(groups, 6));
  if (inIpv6Net(groups, sixToFour)) return isPublicIpv4(ipv4At(groups, 1));
  return inIpv6Net(groups, ipv6GlobalUnicast) && !ipv6NotPublic.some((net) => inIpv6Net(groups, net));
};

const ipv4At = (groups: readonly number[], index: number): number =>
  (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0);

const inIpv4Net = (address: number, [net, bits]: Ipv4Net): boolean => {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor((parseIpv4(net) ?? 0) / size);
};

const inIpv6Net = (groups: readonly number[], [net, bits]: Ipv6Net): boolean =>
  groups.every((group, index) => {
    const size = 2 ** Math.min(16, Math.max(0, (index + 1) * 16 - bits));
    return Math.floor(group / size) === Math.floor((net[index] ?? 0) / size);
  });
