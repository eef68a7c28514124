import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, manifest } from '../../scripts/entry-points.mjs';
import { installPackage, type InstalledPackage } from './installed-package.js';

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage([]);
});

afterAll(() => installed.remove());

describe('the published package', () => {
  it('brings the command llavero', () => {
    const { name, bin } = manifest();
    expect(Object.keys(bin)).toEqual([name]);
    const { stdout, stderr, status } = installed.node(`node_modules/${name}/${bin[name]}`, 'keygen');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(installed.files).toContain(bin[name]?.replace('./', ''));
  });

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
