import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifest, projectRoot } from '../../scripts/entry-points.mjs';
import { documents, type Document } from './documents.js';

const all = documents();
const withoutBlocks = ({ text }: Document): string => text.replace(/^```[^]*?^```/gm, '');

/** The anchors GitHub gives a document's headings. */
const anchorsOf = (document: Document): ReadonlySet<string> =>
  new Set(
    [...withoutBlocks(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );

const isThere = (from: Document, target: string): boolean => {
  const [file = '', anchor] = target.split('#', 2);
  const path = file === '' ? from.path : posix.join(posix.dirname(from.path), file);
  if (anchor === undefined) return existsSync(join(projectRoot, path));
  return all.some((document) => document.path === path && anchorsOf(document).has(anchor));
};

describe('the documents', () => {
  it('link to nothing that is not there', () => {
    const broken = all.flatMap((document) =>
      [...withoutBlocks(document).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !target.startsWith('https:') && !isThere(document, target))
        .map((target) => `${document.path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name no file of the project that is not there', () => {
    const path = /`((?:src|test|docs|examples|scripts|demo|api|\.ci)\/[\w./-]+)`/g;
    const missing = all.flatMap((document) =>
      [...document.text.matchAll(path)]
        .map(([, name = '']) => name)
        .filter((name) => !/NAME|VERB/.test(name) && !existsSync(join(projectRoot, name)))
        .map((name) => `${document.path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('name no npm script that is not there', () => {
    const { scripts } = manifest();
    const missing = all.flatMap((document) =>
      [...document.text.matchAll(/npm run ([\w:]+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${document.path}: npm run ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
