import { lexemesOf } from '../../scripts/lexer.mjs';
import { findImports } from './find-imports.js';
import type { SourceFile } from './source-files.js';

/** The only modules whose names clash so much that they are imported whole, and the one name of each. */
const wholeModules: Readonly<Record<string, string>> = {
  'fp-ts/lib/Either.js': 'E',
  'fp-ts/lib/TaskEither.js': 'TE',
};

const wholeImports = (text: string): ReadonlyArray<readonly [name: string, specifier: string, line: number]> => {
  const lexemes = lexemesOf(text).filter(({ kind }) => kind !== 'comment');
  return lexemes.flatMap((lexeme, at) => {
    const [star, as, name, from, specifier] = lexemes.slice(at + 1, at + 6);
    const isWhole = lexeme.text === 'import' && star?.text === '*' && as?.text === 'as' && from?.text === 'from';
    const line = text.slice(0, lexeme.start).split('\n').length;
    return isWhole && name !== undefined && specifier !== undefined ? [[name.text, specifier.text, line] as const] : [];
  });
};

/** Where a file of `src` does not import as the others do, as sentences. */
export const importStyleViolations = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap(({ path, text }) => {
    const imports = findImports(text).filter(({ how }) => how === 'import');
    const twice = imports.filter(
      ({ specifier }, at) => imports.findIndex((other) => other.specifier === specifier) < at,
    );
    const required = findImports(text).filter(({ how }) => how === 'require' && !path.startsWith('src/adapters/'));
    const whole = wholeImports(text).filter(([name, specifier]) => wholeModules[specifier] !== name);
    return [
      ...twice.map(({ specifier, line }) => `${path}:${line} imports ${specifier ?? ''} a second time`),
      ...required.map(({ specifier, line }) => `${path}:${line} requires ${specifier ?? ''}: import it`),
      ...whole.map(
        ([name, specifier, line]) => `${path}:${line} imports all of ${specifier} as ${name}: name what is used`,
      ),
    ];
  });
