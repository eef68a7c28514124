import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryPoints, projectRoot } from '../../scripts/entry-points.mjs';
import tsconfig from '../../tsconfig.json' with { type: 'json' };
import { codeBlocks, documentAt, documents } from './documents.js';
import { shownPrograms, type ShownProgram } from './typescript-blocks.js';

const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');

/** What the compiler says of these programs, against the sources as they are; what it says of the sources is left out. */
const complaints = (programs: readonly ShownProgram[]): readonly string[] => {
  const directory = mkdtempSync(join(tmpdir(), 'llavero-documents-'));
  try {
    const files = programs.map(({ name, source }) => {
      const file = `${name.replace(':', '.line-')}.mts`;
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), source);
      return file;
    });
    symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
    const paths = Object.fromEntries(
      Object.entries(tsconfig.compilerOptions.paths).map(([name, targets]) => [
        name,
        targets.map((target) => join(projectRoot, target)),
      ]),
    );
    const relaxed = { noUnusedLocals: false, noUnusedParameters: false, noPropertyAccessFromIndexSignature: false };
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        extends: join(projectRoot, 'tsconfig.json'),
        compilerOptions: { ...relaxed, paths },
        include: [join(projectRoot, 'src', '**', '*.d.ts')],
        files,
      }),
    );
    const { stdout } = spawnSync(process.execPath, [compiler, '--pretty', 'false', '-p', directory], {
      cwd: directory,
      encoding: 'utf8',
    });
    const [, ...told] = `\n${stdout}`.split(/\n(?=\S)/).map((one) => one.trim());
    return told.filter((one) => !one.startsWith('../'));
  } finally {
    rmSync(directory, { recursive: true });
  }
};

describe('the TypeScript in the documents', () => {
  it('satisfies the compiler, every block of it', () => {
    const programs = documents().flatMap((document) => shownPrograms(document, codeBlocks(document)));
    expect(programs.length).toBeGreaterThan(10);
    expect(complaints(programs)).toEqual([]);
  });

  it('is found to be wrong at its own line, and may go on in a later block that names things anew', () => {
    const wrong =
      '# Title\n\n```ts\nimport { tray } from "llavero";\n```\n\nThen:\n\n```ts\ntray({ consumerKey: 1 });\n```\n';
    const inParts = [
      '```ts\nimport { fakeClock } from "llavero/testing";\nconst clock = fakeClock();\n```',
      '```ts\nconst now = clock.nowMs();\n```',
      '```ts\nconst now = String(clock.nowMs());\nnow.trim();\n```',
    ].join('\n');
    const shown = [
      { path: 'wrong.md', text: wrong },
      { path: 'in-parts.md', text: inParts },
    ];
    expect(complaints(shown.flatMap((document) => shownPrograms(document, codeBlocks(document))))).toEqual([
      expect.stringMatching(/^wrong\.md\.line-3\.mts\(10,8\): error TS2322/),
    ]);
  });
});

describe('the first program of the README', () => {
  it('is the example that is run, in at most twenty lines', () => {
    const [first] = codeBlocks(documentAt('README.md')).filter(({ language }) => language === 'ts');
    expect(`${first?.code}\n`).toBe(documentAt('examples/first-program.ts').text);
    expect(first?.code.split('\n').length).toBeLessThanOrEqual(20);
  });
});

describe('tsconfig.json', () => {
  it('finds every entry point without a build', () => {
    const expected = entryPoints().map(({ specifier, code }) => [
      specifier,
      [code.replace(/^dist/, './src').replace(/\.js$/, '.ts')],
    ]);
    expect(tsconfig.compilerOptions.paths).toEqual(Object.fromEntries(expected));
  });
});
