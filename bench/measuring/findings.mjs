/**
 * One line of a section: what was measured, and what it has to keep to, if anything.
 *
 * @typedef {object} Finding
 * @property {string} what
 * @property {number} value
 * @property {string} unit `×`, `B`, `ms` …
 * @property {string} [beside] the numbers it was made of
 * @property {number} [most]
 * @property {number} [least]
 */

/** @typedef {{ title: string, about: string, findings: readonly Finding[] }} Section */

/** @param {Finding} finding @returns {boolean | undefined} undefined when there is nothing to keep to */
export const isMet = ({ value, most, least }) => {
  if (most === undefined && least === undefined) return undefined;
  return value <= (most ?? Infinity) && value >= (least ?? -Infinity);
};

/** @param {number} value @param {string} unit */
export const inWords = (value, unit) => {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) < 10 ? 2 : 1;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`.trim();
};

/** @param {Finding} finding */
const target = ({ most, least, unit }) => {
  if (most !== undefined) return `≤ ${most.toLocaleString('en')} ${unit}`.trim();
  return least === undefined ? '' : `≥ ${least.toLocaleString('en')} ${unit}`.trim();
};

/** @param {Section} section @returns {string} the section as a table */
export const asTable = ({ title, about, findings }) => {
  const head = ['', 'measured', 'target', '', 'made of'];
  const rows = findings.map((finding) => {
    const met = isMet(finding);
    const verdict = met === undefined ? '' : met ? 'pass' : 'MISS';
    return [finding.what, inWords(finding.value, finding.unit), target(finding), verdict, finding.beside ?? ''];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    row
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, about, '', line(head), ...rows.map(line), ''].join('\n');
};
