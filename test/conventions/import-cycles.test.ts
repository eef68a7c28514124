import { describe, expect, it } from 'vitest';
import { importCycles } from './import-cycles.js';
import { sourceFilesIn } from './source-files.js';

describe('the files of src', () => {
  it('import each other without going in circles', () => {
    expect(importCycles(sourceFilesIn('src'))).toEqual([]);
  });
});

describe('importCycles', () => {
  it('finds a circle of three', () => {
    const files = [
      { path: 'src/a.ts', text: "import { b } from './b.js';" },
      { path: 'src/b.ts', text: "export * from './c/c.js';" },
      { path: 'src/c/c.ts', text: "import type { A } from '../a.js';" },
    ];
    expect(importCycles(files)).toEqual(['src/a.ts > src/b.ts > src/c/c.ts > src/a.ts']);
  });

  it('finds a file that imports itself', () => {
    expect(importCycles([{ path: 'src/a.ts', text: "import './a.js';" }])).toEqual(['src/a.ts > src/a.ts']);
  });

  it('finds a circle that is entered from outside it', () => {
    const files = [
      { path: 'src/a.ts', text: "import './b.js';" },
      { path: 'src/b.ts', text: "void import('./c.js');" },
      { path: 'src/c.ts', text: "import './b.js';" },
    ];
    expect(importCycles(files)).toEqual(['src/b.ts > src/c.ts > src/b.ts']);
  });

  it('finds none where two ways lead to one file', () => {
    const files = [
      { path: 'src/a.ts', text: "import './b.js'; import './c.js';" },
      { path: 'src/b.ts', text: "import './d.js';" },
      { path: 'src/c.ts', text: "import './d.js';" },
      { path: 'src/d.ts', text: "import 'node:fs';" },
    ];
    expect(importCycles(files)).toEqual([]);
  });
});
