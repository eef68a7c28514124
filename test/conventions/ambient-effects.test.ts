import { describe, expect, it } from 'vitest';
import { findPhrase } from './find-phrase.js';
import { sourceFilesIn } from './source-files.js';

/** What every process offers without an import, and what reads or moves the world. */
const ambient = [
  'Date.now',
  'new Date()',
  'performance.',
  'Math.random',
  'setTimeout(',
  'setInterval(',
  'setImmediate(',
  'queueMicrotask(',
  'AbortSignal.timeout',
  'crypto.',
  'process.',
  'console.',
  'globalThis.',
] as const;

/** Where the world comes in: the composition root, and the command line. */
const exempt = /^src\/app\/(?:command-line|container)\//;

describe('the domain, the ports and the use cases', () => {
  it.each(ambient)('never say %s, for it is behind a port', (phrase) => {
    const files = ['src/domain', 'src/ports', 'src/app']
      .flatMap(sourceFilesIn)
      .filter(({ path }) => !exempt.test(path));
    expect(files.flatMap((file) => findPhrase(file, phrase))).toEqual([]);
  });
});

describe('the sources', () => {
  it('never ask URL.canParse, which Node 20 answers wrongly once it is compiled: parseUrl is there', () => {
    expect(sourceFilesIn('src').flatMap((file) => findPhrase(file, 'URL.canParse('))).toEqual([]);
  });
});

describe('a port', () => {
  it.each(['const', 'let', 'var', 'function', 'class', 'enum', 'export default'])('has no code: no %s', (word) => {
    expect(sourceFilesIn('src/ports').flatMap((file) => findPhrase(file, word))).toEqual([]);
  });
});
