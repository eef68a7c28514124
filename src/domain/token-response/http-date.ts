const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const imfFixdate =
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const rfc850Date =
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/**
 * Unix milliseconds of an HTTP-date in any of its three forms (RFC 9110 §5.6.7), all of them UTC; undefined for anything
 * else, also for a day that no calendar has. A two-digit year is the one not more than 50 years after `nowMs`.
 */
export const parseHttpDateMs = (text: string, nowMs: number): number | undefined => {
  const parts = (imfFixdate.exec(text) ?? rfc850Date.exec(text) ?? asctimeDate.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { day = '', month = '', year = '', time = '' } = parts;
  const monthNumber = months.indexOf(month) + 1;
  const fullYear = year.length === 4 ? year : String(nearestYear(Number(year), nowMs)).padStart(4, '0');
  const iso = `${fullYear}-${String(monthNumber).padStart(2, '0')}-${day.replace(' ', '0')}T${time}.000Z`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? undefined : ms;
};

const nearestYear = (twoDigits: number, nowMs: number): number => {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const candidate = thisYear - (thisYear % 100) + twoDigits;
  return candidate > thisYear + 50 ? candidate - 100 : candidate;
};
