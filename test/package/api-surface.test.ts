import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarationsAt, exportsOf, namedBy } from '../../scripts/api-surface.mjs';

const files: Readonly<Record<string, string>> = {
  'entry.d.ts': `
import type { Hidden } from './deep.js';
export { shown, Box as Crate, type Options } from './deep.js';
export type { Box } from './deep.js';
export * from './more.js';
export type * as everything from './more.js';
export { map as mapped } from 'elsewhere';
/** Says { something; odd }. */
export declare const own: (hidden: Hidden, text?: ';' | '}') => void;
export declare function twice(a: string): void;
export declare function twice(a: number): void;
declare const local: 1;
export { local as renamed };
`,
  'deep.d.ts': `
export interface Options {
    /** How many; not which. */
    readonly many?: number | undefined;
}
export declare class Box<A> {
    #private;
    constructor(options: Options);
    open(): A;
}
export declare const shown: <A>(box: Box<A>) => A;
export interface Hidden {
    readonly within: Deeper;
}
interface Deeper {
    readonly depth: number;
}
export {};
`,
  'more.d.ts': `
export type More = { readonly a: 1; };
export declare const more: More;
`,
};

let directory = '';
const at = (file: string): string => join(directory, file);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'llavero-api-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('the public API', () => {
  it('is followed to where each name is declared', () => {
    const found = [...exportsOf(at('entry.d.ts'))].map(
      ([name, origin]) =>
        `${name}: ${origin.typeOnly ? 'type ' : ''}${origin.place.replace(directory, '')}#${origin.name}`,
    );
    expect(found.toSorted()).toEqual([
      'Box: type /deep.d.ts#Box',
      'Crate: /deep.d.ts#Box',
      'More: /more.d.ts#More',
      'Options: type /deep.d.ts#Options',
      'everything: type /more.d.ts#*',
      'mapped: elsewhere#map',
      'more: /more.d.ts#more',
      'own: /entry.d.ts#own',
      'renamed: /entry.d.ts#local',
      'shown: /deep.d.ts#shown',
      'twice: /entry.d.ts#twice',
    ]);
  });

  it('shows declarations whole, without comments', () => {
    const texts = (name: string, file = 'entry.d.ts'): readonly string[] | undefined =>
      declarationsAt({ place: at(file), name, typeOnly: false })?.map(({ text }) => text);
    expect(texts('own')).toEqual(["export declare const own: (hidden: Hidden, text?: ';' | '}') => void;"]);
    expect(texts('twice')).toEqual([
      'export declare function twice(a: string): void;',
      'export declare function twice(a: number): void;',
    ]);
    expect(texts('Options', 'deep.d.ts')).toEqual([
      'export interface Options {\n    readonly many?: number | undefined;\n}',
    ]);
    expect(texts('Deeper', 'deep.d.ts')).toEqual(['interface Deeper {\n    readonly depth: number;\n}']);
  });

  it('knows which declarations of ours a declaration names', () => {
    const named = (name: string, file: string): readonly string[] =>
      namedBy({ place: at(file), name, typeOnly: false }).map((origin) => origin.name);
    expect(named('own', 'entry.d.ts')).toEqual(['own', 'Hidden']);
    expect(named('Hidden', 'deep.d.ts')).toEqual(['Hidden', 'Deeper']);
    expect(named('Box', 'deep.d.ts')).toEqual(['Box', 'Options']);
  });

  it('does not accept a name that nothing declares', () => {
    writeFileSync(at('broken.d.ts'), "export { gone } from './more.js';\n");
    expect(() => exportsOf(at('broken.d.ts'))).toThrow('passes on gone, and nothing declares it');
  });
});
