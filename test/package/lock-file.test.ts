import { describe, expect, it } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { unpinnedIn, type LockedPackages } from './lock-file.js';

const packages: LockedPackages = lock.packages;

describe('package-lock.json', () => {
  it('pins every platform of every tool, so that npm ci takes it', () => {
    expect(unpinnedIn(packages)).toEqual([]);
  });
});

describe('unpinnedIn', () => {
  it('finds an optional dependency that is nowhere', () => {
    const one = { '': {}, 'node_modules/a': { version: '1.0.0', optionalDependencies: { '@a/darwin': '1.0.0' } } };
    expect(unpinnedIn(one)).toEqual(['@a/darwin']);
    expect(unpinnedIn({ ...one, 'node_modules/@a/darwin': { version: '1.0.0' } })).toEqual([]);
    expect(unpinnedIn({ ...one, 'node_modules/@a/darwin': {} })).toEqual(['@a/darwin']);
  });

  it('looks inside the package and inside what it is in', () => {
    const one = { 'node_modules/a/node_modules/b': { version: '1.0.0', optionalDependencies: { c: '1.0.0' } } };
    expect(unpinnedIn(one)).toEqual(['c']);
    for (const place of [
      'node_modules/c',
      'node_modules/a/node_modules/c',
      'node_modules/a/node_modules/b/node_modules/c',
    ])
      expect(unpinnedIn({ ...one, [place]: { version: '1.0.0' } })).toEqual([]);
    expect(unpinnedIn({ ...one, 'node_modules/d/node_modules/c': { version: '1.0.0' } })).toEqual(['c']);
  });
});
