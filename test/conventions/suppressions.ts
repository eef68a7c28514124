import { lexemesOf } from '../../scripts/lexer.mjs';
import type { SourceFile } from './source-files.js';

const suppression =
  /(?:eslint|oxlint)-(?:disable|enable)|@ts-(?:ignore|nocheck)|prettier-ignore|(?:v8|c8|istanbul) ignore/;
const expectation = /@ts-expect-error/;
const switchedOff = /\b(?:it|test|describe)\s*(?:\.\s*\w+\s*)*\.\s*(?:skip|skipIf|only|todo|fails)\b/;

/** The places, as `path:line`, where a check is told to look away. */
export const suppressions = ({ path, text }: SourceFile): readonly string[] => {
  const lexemes = lexemesOf(text);
  const comments = lexemes.filter(({ kind }) => kind === 'comment');
  const hidden = comments.filter(
    (comment) => suppression.test(comment.text) || (!path.startsWith('test/') && expectation.test(comment.text)),
  );
  const code = lexemes.reduce(
    (kept, { kind, start, end }) =>
      kind === 'word' || kind === 'mark' ? kept : kept.slice(0, start) + ' '.repeat(end - start) + kept.slice(end),
    text,
  );
  const off = [...code.matchAll(new RegExp(switchedOff, 'g'))].map(({ index }) => index);
  return [...hidden.map(({ start }) => start), ...off].map((at) => `${path}:${text.slice(0, at).split('\n').length}`);
};
