import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints } from '../../scripts/entry-points.mjs';
import { installPackage, type InstalledPackage } from './installed-package.js';

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage([]);
});

afterAll(() => installed.remove());

describe('the published package', () => {
  it('holds the build and the papers, and nothing else', () => {
    const allowed =
      /^(?:package\.json|LICENSE|(?:README|CHANGELOG|SECURITY)\.md|dist\/(?:adapters|app|domain|entry-points|ports|testing)\/.+\.(?:js|js\.map|d\.ts))$/;
    expect(installed.files.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('holds every entry point, the licence and the README', () => {
    const expected = [
      ...entryPoints().flatMap(({ code, types }) => [code, types]),
      'LICENSE',
      'README.md',
      'package.json',
    ];
    expect(expected.filter((path) => !installed.files.includes(path))).toEqual([]);
  });
});
