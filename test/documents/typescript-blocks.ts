import type { CodeBlock, Document } from './documents.js';

/** A program that a document shows, maybe in several blocks. */
export interface ShownProgram {
  /** The document's path and the line it begins at, for example `docs/testing.md:14`. */
  readonly name: string;
  /** Every line stands where it stands in the document, so that the compiler's line numbers are the document's. */
  readonly source: string;
}

const importing = /^import /m;

/**
 * The TypeScript a document shows, as programs. A block that imports something begins a program; one that imports nothing
 * goes on with the program before it, and may name anew what that one has named.
 */
export const shownPrograms = ({ path }: Document, blocks: readonly CodeBlock[]): readonly ShownProgram[] => {
  const groups: CodeBlock[][] = [];
  for (const block of blocks.filter(({ language }) => language === 'ts')) {
    const current = groups.at(-1);
    if (current === undefined || importing.test(block.code)) groups.push([block]);
    else current.push(block);
  }
  return groups.map((group) => {
    let source = '';
    for (const [index, { code, line }] of group.entries()) {
      source += '\n'.repeat(line - 1 - (source.split('\n').length - 1));
      source += `${index === 0 ? '' : '{'}\n${code}\n`;
    }
    return { name: `${path}:${group[0]?.line ?? 1}`, source: `${source}${'}'.repeat(group.length - 1)}\nexport {};\n` };
  });
};
