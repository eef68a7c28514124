/** The number of an IPv4 address in strict dotted decimal (no leading zeros, no short forms); undefined for anything else. */
export const parseIpv4 = (text: string): number | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
};

/**
 * The eight 16-bit groups of an IPv6 address in any text form of RFC 4291 §2.2, with `::` and with an IPv4 tail; undefined
 * for anything else, also for one with a zone (`%eth0`) or brackets.
 */
export const parseIpv6 = (text: string): readonly number[] | undefined => {
  const halves = text.split('::');
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 1 ? [] : groupsOf(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 1 ? missing !== 0 : missing < 1)) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
};

/** Groups between colons; the last may be an IPv4 address when it ends the whole text. */
const groupsOf = (text: string, endsAddress: boolean): readonly number[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const ipv4 = endsAddress && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(Math.floor(ipv4 / 65_536), ipv4 % 65_536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
};
