import { describe, expect, it } from 'vitest';
import { documentAt } from './documents.js';
import { missingTests, namedTests } from './named-tests.js';

/** How many lines each section has: T1 to T7, and so on. */
const sections = { T: 7, C: 8, A: 16, K: 9, F: 7, U: 6 } as const;
const ids = Object.entries(sections).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
);

interface Row {
  readonly id: string;
  readonly asked: string;
  readonly level: string;
  readonly done: string;
  readonly shownBy: string;
}

const rowsOf = (text: string): readonly Row[] =>
  text.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, id = '', asked = '', level = '', done = '', shownBy = ''] = cells;
    return /^[A-Z]\d+$/.test(id) && cells.length === 7 ? [{ id, asked, level, done, shownBy }] : [];
  });

const excuse = /^(?:does not apply|not done): \S/;

const rows = rowsOf(documentAt('docs/standards.md').text);

describe('docs/standards.md', () => {
  it('has every line, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('says of each what is asked for, by which document, how strongly, and what is done', () => {
    const poor = rows.filter(
      ({ asked, level, done }) =>
        !['must', 'should', 'may', 'practice', '—'].includes(level) ||
        (level !== 'practice' && !/\((?:RFC \d+ |OAuth 2\.1 §).*\)$/.test(asked)) ||
        done === '',
    );
    expect(poor.map(({ id }) => id)).toEqual([]);
  });

  it('shows each by a test, or says why there is none', () => {
    const bare = rows.filter((row) => namedTests(row.shownBy).length === 0 && !excuse.test(row.shownBy));
    expect(bare.map(({ id }) => id)).toEqual([]);
    const rest = rows.map((row) => [row.id, row.shownBy.replace(/`[^`]+`: `[^`]+`(?:<br>)?/g, '')]);
    const unread = rest.filter(([, text = '']) => text !== '' && !excuse.test(text));
    expect(unread).toEqual([]);
  });

  it('names only tests that are there', () => {
    expect(rows.flatMap(({ shownBy }) => missingTests(shownBy))).toEqual([]);
  });
});
