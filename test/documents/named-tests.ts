import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../scripts/entry-points.mjs';

/** The tests that a text names, as a file and a title in code with a colon between them, or as a title in code that links to its file. */
export const namedTests = (text: string): ReadonlyArray<readonly [file: string, title: string]> => {
  const afterFile = text.matchAll(/`(?<file>(?:test|examples)\/[a-z0-9./-]+\.test\.ts)`:\s+`(?<title>[^`]+)`/g);
  const linked = text.matchAll(
    /\[`(?<title>[^`]+)`\]\((?:\.\.\/)*(?<file>(?:test|examples)\/[a-z0-9./-]+\.test\.ts)\)/g,
  );
  return [...afterFile, ...linked].map(({ groups: { file = '', title = '' } = {} }) => [
    file,
    title.replace(/\s+/g, ' '),
  ]);
};

/** Whether a file has a test of this very title: after `it(`, or after the table of an `it.each`. */
export const hasTest = (file: string, title: string): boolean => {
  const path = join(projectRoot, file);
  if (!existsSync(path)) return false;
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<!describe(?:\.each)?)\(\s*(['"\x60])${literal}\1\s*,`).test(
    readFileSync(path, 'utf8'),
  );
};

/** The tests that a text names and that are not there. */
export const missingTests = (text: string): readonly string[] =>
  namedTests(text)
    .filter(([file, title]) => !hasTest(file, title))
    .map(([file, title]) => `${file}: ${title}`);
