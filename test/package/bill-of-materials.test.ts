import { describe, expect, it } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { billOfMaterials, type Lock } from '../../scripts/bill-of-materials.mjs';

const own: Lock = lock;
const bill = billOfMaterials(own);

describe('the bill of materials', () => {
  it('lists every package that is locked and not for development only, with version, licence, address and digest', () => {
    const expected = Object.entries(own.packages).flatMap(([place, { dev, version, license, integrity }]) => {
      if (place === '' || dev === true) return [];
      const name = place.replace(/^.*node_modules\//, '');
      const digest = Buffer.from(integrity?.slice('sha512-'.length) ?? '', 'base64').toString('hex');
      return [[name, version, license, `pkg:npm/${name.replace('@', '%40')}@${version}`, digest]];
    });
    const listed = bill.components.map(({ name, version, purl, licenses: [license], hashes }) => [
      name,
      version,
      license !== undefined && 'expression' in license ? `(${license.expression})` : license?.license.id,
      purl,
      hashes[0]?.content,
    ]);
    expect(listed.length).toBeGreaterThan(20);
    expect(listed).toEqual(expected);
  });

  it('is CycloneDX about this very release, and reads back from its text', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    expect(bill.metadata.component).toMatchObject({ name: own.name, version: own.version });
    expect(JSON.parse(JSON.stringify(bill))).toEqual(bill);
  });

  it('names no place to fetch anything from', () => {
    expect(JSON.stringify(bill)).not.toMatch(/https?:|resolved/);
  });

  it('says which needs which, and nothing of what is not listed', () => {
    const refs = new Set(bill.components.map((component) => component['bom-ref']));
    const [root, ...rest] = bill.dependencies;
    expect(root?.dependsOn.map((ref) => ref.replace(/^pkg:npm\/|@[^@]+$/g, '')).toSorted()).toEqual(
      ['better-sqlite3', 'fp-ts', 'got', 'inversify', 'rate-limiter-flexible', 'reflect-metadata'].toSorted(),
    );
    expect(rest.map(({ ref }) => ref)).toEqual([...refs]);
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
  });

  it('leaves out what only development needs, and finds a package inside another one first', () => {
    const packages = {
      '': { dependencies: { a: '1.0.0' }, devDependencies: { c: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', license: '(MIT OR ISC)', dependencies: { b: '^2.0.0' } },
      'node_modules/a/node_modules/b': { version: '2.0.0', license: 'ISC' },
      'node_modules/b': { version: '1.0.0', license: 'MIT', devOptional: true },
      'node_modules/c': { version: '1.0.0', license: 'MIT', dev: true },
    };
    const { components, dependencies } = billOfMaterials({ name: 'own', version: '0.0.1', packages });
    expect(components.map(({ name, version, scope, licenses }) => [name, version, scope, licenses])).toEqual([
      ['a', '1.0.0', 'required', [{ expression: 'MIT OR ISC' }]],
      ['b', '2.0.0', 'required', [{ license: { id: 'ISC' } }]],
      ['b', '1.0.0', 'optional', [{ license: { id: 'MIT' } }]],
    ]);
    expect(dependencies.map(({ dependsOn }) => dependsOn)).toEqual([['pkg:npm/a@1.0.0'], ['pkg:npm/b@2.0.0'], [], []]);
  });
});
