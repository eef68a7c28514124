import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectRoot } from '../../scripts/entry-points.mjs';

/** A Markdown file of the project; `path` is relative to the project and has forward slashes. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
}

const markdownIn = (directory: string, options: { readonly recursive: boolean }): readonly string[] =>
  readdirSync(join(projectRoot, directory), { ...options, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join(directory, name.replaceAll('\\', '/')));

/** Every document for people: those at the top of the project, and all of `docs` and `examples`. */
export const documents = (): readonly Document[] =>
  [
    ...markdownIn('.', { recursive: false }),
    ...markdownIn('docs', { recursive: true }),
    ...markdownIn('examples', { recursive: true }),
  ]
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));

/** One document of the project. */
export const documentAt = (path: string): Document => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') });

/** The fenced blocks of a document, in order. */
export const codeBlocks = ({ text }: Document): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*```(\S*)/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { language: fence[1] ?? '', line: index + 1, lines: [] };
    else {
      blocks.push({ language: open.language, line: open.line, code: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
};

/** The rows of every table of a document whose first cell is one word of code: that word, and the other cells. */
export const codeRows = ({ text }: Document): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, first, ...rest] = line.split('|').map((cell) => cell.trim());
      const name = /^`([^`]+)`$/.exec(first ?? '')?.[1];
      return name === undefined ? [] : [[name, rest.slice(0, -1)] as const];
    }),
  );
