import { describe, expect, it } from 'vitest';
import benchLock from '../../bench/package-lock.json' with { type: 'json' };
import benchManifest from '../../bench/package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { disagreements, rangesIn, type DependencyManifest, type LockedVersions } from './exact-versions.js';

const projects: ReadonlyArray<readonly [name: string, manifest: DependencyManifest, locked: LockedVersions]> = [
  ['package.json', manifest, lock.packages],
  ['bench/package.json', benchManifest, benchLock.packages],
];

describe.each(projects)('%s', (_name, named, locked) => {
  it('names one exact version of everything', () => {
    expect(rangesIn(named)).toEqual([]);
  });

  it('is what its lock file has locked', () => {
    expect(disagreements(named, locked)).toEqual([]);
  });
});

describe('install scripts', () => {
  it('run for better-sqlite3 and for nothing else', () => {
    expect(manifest.allowScripts).toEqual({ 'better-sqlite3': true });
  });
});

describe('rangesIn', () => {
  it.each(['^1.2.3', '~1.2.3', '1.2', '1.x', '*', '', 'latest', '>=1.2.3', '1.2.3 || 2.0.0', 'file:../a'])(
    'finds %j',
    (version) => {
      for (const list of ['dependencies', 'devDependencies', 'optionalDependencies'])
        expect(rangesIn({ [list]: { a: version } })).toEqual([`a: ${version}`]);
    },
  );

  it('takes one version, a candidate too, and a range of a peer', () => {
    const named = { dependencies: { a: '1.2.3', b: '1.0.0-rc.1' }, peerDependencies: { c: '>=8' } };
    expect(rangesIn(named)).toEqual([]);
  });
});

describe('disagreements', () => {
  it('finds a lock file that was made for another manifest', () => {
    const named = { dependencies: { a: '1.0.0' } };
    const locked = { '': named, 'node_modules/a': { version: '1.0.0' } };
    expect(disagreements(named, locked)).toEqual([]);
    expect(disagreements({ dependencies: { a: '1.0.1' } }, locked)).toEqual(['dependencies: a']);
    expect(disagreements({}, locked)).toEqual(['dependencies: a']);
    expect(disagreements(named, { ...locked, 'node_modules/a': { version: '1.0.1' } })).toEqual(['dependencies: a']);
    expect(disagreements(named, { '': named })).toEqual(['dependencies: a']);
  });
});
