import { posix } from 'node:path';
import { findImports } from './find-imports.js';
import type { SourceFile } from './source-files.js';

const targetsOf = ({ path, text }: SourceFile): readonly string[] =>
  findImports(text).flatMap(({ specifier }) =>
    specifier?.startsWith('.') === true ? [posix.join(posix.dirname(path), specifier.replace(/\.js$/, '.ts'))] : [],
  );

/** Circles of imports, types included, written `a.ts > b.ts > a.ts`; none only when there is none. */
export const importCycles = (files: readonly SourceFile[]): readonly string[] => {
  const graph = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const cycles: string[] = [];
  const finished = new Set<string>();

  const walk = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) cycles.push([...trail.slice(seenAt), path].join(' > '));
    if (seenAt !== -1 || finished.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path]);
    finished.add(path);
  };

  for (const path of graph.keys()) walk(path, []);
  return cycles;
};
