import { lexemesOf } from '../../scripts/lexer.mjs';
import type { SourceFile } from './source-files.js';

/** The places, as `path:line`, where an error is made with a `cause`: what it holds would reach logs. */
export const errorsWithCause = ({ path, text }: SourceFile): readonly string[] => {
  const lexemes = lexemesOf(text).filter(({ kind }) => kind !== 'comment');
  return lexemes.flatMap((lexeme, at) => {
    const isNewError = lexeme.text === 'new' && lexemes[at + 1]?.text.endsWith('Error') === true;
    const open = at + (isNewError ? 2 : 1);
    if (!(isNewError || lexeme.text === 'super') || lexemes[open]?.text !== '(') return [];
    let depth = 0;
    for (const [offset, { text: word }] of lexemes.slice(open).entries()) {
      if ('({['.includes(word)) depth += 1;
      if (')}]'.includes(word)) depth -= 1;
      if (depth === 0) break;
      const names = word === 'cause' && ':,}'.includes(lexemes[open + offset + 1]?.text ?? ' ');
      if (names) return [`${path}:${text.slice(0, lexeme.start).split('\n').length}`];
    }
    return [];
  });
};
