import { describe, expect, it } from 'vitest';
import { sourceFilesIn, type SourceFile } from './source-files.js';

/** A folder below `src/adapters/providers` is a vendor's, but for that of `defineProvider`. */
const vendors = [
  ...new Set(sourceFilesIn('src/adapters/providers').map(({ path }) => path.split('/')[3] ?? '')),
].filter((folder) => folder !== 'define');

/** Each place that names a vendor, whatever joins the parts of its name: `citrus-ad`, `citrusAd`, `CITRUS_AD`. */
const namesOf = ({ path, text }: SourceFile): readonly string[] => {
  const squeezed = (words: string): string => words.toLowerCase().replaceAll(/[-_ ]/g, '');
  return text.split('\n').flatMap((line, index) => {
    const vendor = vendors.find((name) => squeezed(line).includes(squeezed(name)));
    return vendor === undefined ? [] : [`${path}:${index + 1} names ${vendor}`];
  });
};

describe('the domain, the ports and the use cases', () => {
  it('name no vendor: what is particular to one stands in its own folder', () => {
    const files = ['src/domain', 'src/ports', 'src/app'].flatMap(sourceFilesIn);
    expect(files.flatMap(namesOf)).toEqual([]);
  });
});

describe('the folders of the providers', () => {
  it('are one a vendor', () => {
    expect(vendors.toSorted()).toEqual(['centry', 'citrus-ad', 'tray']);
  });

  it.each([
    ['// as Tray does', 'tray'],
    ['const citrusAdKey = 1;', 'citrus-ad'],
    ['CENTRY_URL', 'centry'],
  ])('name what they keep: %s', (text, vendor) => {
    expect(namesOf({ path: 'src/app/a.ts', text })).toEqual([`src/app/a.ts:1 names ${vendor}`]);
  });
});
