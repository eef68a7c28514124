import { describe, expect, it } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { productionPackages, type LockedPackage } from '../../scripts/bill-of-materials.mjs';
import { documentAt } from './documents.js';

const packages: Readonly<Record<string, LockedPackage>> = lock.packages;
const { text } = documentAt('docs/dependencies.md');

const sectionOf = (heading: string): string => text.split(`## ${heading}\n`, 2)[1]?.split('\n## ', 1)[0] ?? '';

/** The rows of a section whose first cell is a name in code: all cells, in order. */
const rowsIn = (heading: string): ReadonlyArray<readonly string[]> =>
  sectionOf(heading)
    .split('\n')
    .flatMap((line) => {
      const [, name = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return /^`[^`]+`$/.test(name) ? [[name.slice(1, -1), ...cells.slice(0, -1)]] : [];
    });

const inOrder = (rows: ReadonlyArray<readonly string[]>): readonly string[] =>
  rows.map((row) => row.join(' ')).toSorted();

/** Licences that ask for no more than their notice. */
const permissive = /^\(?(?:MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0)(?: OR [\w.-]+)*\)?$/;

describe('docs/dependencies.md', () => {
  it('lists every package that is installed with llavero, with its version and licence', () => {
    const installed = productionPackages(lock).map(({ name, version, license = 'none' }) => [name, version, license]);
    expect(inOrder(rowsIn('Installed with llavero'))).toEqual(inOrder(installed));
  });

  it('lists every package that development names, with its version and licence', () => {
    const named = Object.keys(manifest.devDependencies).map((name) => {
      const { version = '', license = 'none' } = packages[`node_modules/${name}`] ?? {};
      return [name, version, license];
    });
    expect(inOrder(rowsIn('For development only'))).toEqual(inOrder(named));
  });

  it('is right that what is installed is under permissive licences', () => {
    const others = productionPackages(lock).filter(({ license = 'none' }) => !permissive.test(license));
    expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it('says how each package with an install script is treated', () => {
    const treated = new Map(rowsIn('What runs while it is installed').map(([name = '', , how = '']) => [name, how]));
    const scripted = Object.entries(packages).flatMap(([place, { hasInstallScript }]) =>
      hasInstallScript === true ? [place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
    );
    expect(scripted.filter((name) => !treated.has(name))).toEqual([]);
    expect([...treated].filter(([, how]) => how.startsWith('admitted')).map(([name]) => name)).toEqual(
      Object.keys(manifest.allowScripts),
    );
  });
});
