import { lexemesOf } from '../../scripts/lexer.mjs';
import type { SourceFile } from './source-files.js';

/**
 * The places, as `path:line`, where the lexemes of `phrase` stand side by side in code, not in a comment or a string.
 * The phrase is a piece of source itself, such as `Date.now` or `new Date()`.
 */
export const findPhrase = ({ path, text }: SourceFile, phrase: string): readonly string[] => {
  const sought = lexemesOf(phrase).map((lexeme) => lexeme.text);
  const lexemes = lexemesOf(text).filter(({ kind }) => kind !== 'comment');
  return lexemes.flatMap(({ start }, at) => {
    const here = sought.every((word, offset) => {
      const lexeme = lexemes[at + offset];
      return lexeme?.text === word && (lexeme.kind === 'word' || lexeme.kind === 'mark');
    });
    const isProperty = lexemes[at - 1]?.text === '.' && sought[0] !== '.';
    return here && !isProperty ? [`${path}:${text.slice(0, start).split('\n').length}`] : [];
  });
};
