import { describe, expect, it } from 'vitest';
import { findImports } from './find-imports.js';

const found = (source: string): readonly string[] =>
  findImports(source).map(
    ({ how, typeOnly, specifier, line }) => `${line} ${how}${typeOnly ? ' type' : ''} ${specifier ?? '(computed)'}`,
  );

describe('findImports', () => {
  it.each([
    ["import { a } from './a.js';", '1 import ./a.js'],
    ["import a from './a.js';", '1 import ./a.js'],
    ["import * as a from './a.js';", '1 import ./a.js'],
    ["import a, { b as c, default as d } from './a.js';", '1 import ./a.js'],
    ["import './a.js';", '1 import ./a.js'],
    ['import{a}from"./a.js"', '1 import ./a.js'],
    ["import {\n  a,\n  // from './b.js'\n  c,\n} from './a.js';", '1 import ./a.js'],
    ["import json from './a.json' with { type: 'json' };", '1 import ./a.json'],
    ["import { 'odd name' as a } from './a.js';", '1 import ./a.js'],
    ["import type { A } from './a.js';", '1 import type ./a.js'],
    ["import type A from './a.js';", '1 import type ./a.js'],
    ["import type * as A from './a.js';", '1 import type ./a.js'],
    ["import { type A, type B } from './a.js';", '1 import type ./a.js'],
    ["import { type A, b } from './a.js';", '1 import ./a.js'],
    ["import { type } from './a.js';", '1 import ./a.js'],
    ["import type from './a.js';", '1 import ./a.js'],
    ["import {} from './a.js';", '1 import ./a.js'],
    ["export { a } from './a.js';", '1 export ./a.js'],
    ["export * from './a.js';", '1 export ./a.js'],
    ["export * as a from './a.js';", '1 export ./a.js'],
    ["export type { A } from './a.js';", '1 export type ./a.js'],
    ["export type * from './a.js';", '1 export type ./a.js'],
    ["const a = await import('./a.js');", '1 dynamic ./a.js'],
    ["const a = import(\n  './a.js'\n);", '1 dynamic ./a.js'],
    ["type A = import('./a.js').A;", '1 dynamic ./a.js'],
    ["const a = `${(await import('./a.js')).b}`;", '1 dynamic ./a.js'],
    ['import(name)', '1 dynamic (computed)'],
    ["import('./a' + name)", '1 dynamic (computed)'],
    ['import(`./a.js`)', '1 dynamic (computed)'],
    ["const a = require('a');", '1 require a'],
    ["import a = require('a');", '1 require a'],
    ["require.resolve('a')", '1 require a'],
    ["const a = 1 / 2; // '\nimport { b } from './b.js';", '2 import ./b.js'],
    ["const a = /'/.test(b);\nimport { c } from './c.js';", '2 import ./c.js'],
    ["const a = /[/'\"]/u;\nimport { c } from './c.js';", '2 import ./c.js'],
    ["const a = `'`;\nimport { b } from './b.js';", '2 import ./b.js'],
    ["const a = `${{ b: '}' }.b} ' ${`'`}`;\nimport { c } from './c.js';", '2 import ./c.js'],
    ["const a = 'it\\'s';\nimport { b } from './b.js';", '2 import ./b.js'],
  ])('sees what %j reaches for', (source, expected) => {
    expect(found(source)).toEqual([expected]);
  });

  it.each([
    "// import { a } from './a.js';",
    "/* import('./a.js') */",
    'const a = "import { a } from \'./a.js\'";',
    "const a = `import './a.js'`;",
    'import.meta.url',
    'export const a = 1;',
    'export { a };',
    'export type A = string;',
    "export const from = 'a';",
    "a.import('./a.js')",
    "a.require('b')",
    "const a = /import('b')/;",
  ])('sees nothing in %j', (source) => {
    expect(found(source)).toEqual([]);
  });

  it('keeps the order and the lines of several', () => {
    expect(found("import './a.js';\n\nexport * from './b.js';\nvoid import('./c.js');\n")).toEqual([
      '1 import ./a.js',
      '3 export ./b.js',
      '4 dynamic ./c.js',
    ]);
  });
});
