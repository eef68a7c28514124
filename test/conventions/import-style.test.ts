import { describe, expect, it } from 'vitest';
import { importStyleViolations } from './import-style.js';
import { sourceFilesIn } from './source-files.js';

const judged = (path: string, text: string): readonly string[] => importStyleViolations([{ path, text }]);

describe('the files of src', () => {
  it('all import in one style', () => {
    expect(importStyleViolations(sourceFilesIn('src'))).toEqual([]);
  });
});

describe('importStyleViolations', () => {
  it('objects to a second import of one module', () => {
    expect(judged('src/a.ts', "import { a } from './x.js';\nimport type { B } from './x.js';")).toEqual([
      'src/a.ts:2 imports ./x.js a second time',
    ]);
  });

  it('objects to require outside the adapters', () => {
    expect(judged('src/app/a.ts', "const a = require('pg');")).toEqual(['src/app/a.ts:1 requires pg: import it']);
    expect(judged('src/adapters/stores/a.ts', "const a = require('pg');")).toEqual([]);
  });

  it('objects to a whole module, but for the two of fp-ts under their names', () => {
    expect(judged('src/a.ts', "import * as x from './x.js';")).toEqual([
      'src/a.ts:1 imports all of ./x.js as x: name what is used',
    ]);
    expect(judged('src/a.ts', "import * as Either from 'fp-ts/lib/Either.js';")).toEqual([
      'src/a.ts:1 imports all of fp-ts/lib/Either.js as Either: name what is used',
    ]);
    expect(judged('src/a.ts', "import * as E from 'fp-ts/lib/Either.js';")).toEqual([]);
  });
});
