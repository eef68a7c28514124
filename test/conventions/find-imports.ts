import { lexemesOf } from '../../scripts/lexer.mjs';

type Lexeme = ReturnType<typeof lexemesOf>[number];

/** One place where a file reaches for another. */
export interface FoundImport {
  /** As written; undefined when it is computed. */
  readonly specifier: string | undefined;
  readonly how: 'import' | 'export' | 'dynamic' | 'require';
  /** Whether the compiler leaves nothing of it. */
  readonly typeOnly: boolean;
  readonly line: number;
}

const isMark = (lexeme: Lexeme | undefined, text: string): boolean => lexeme?.kind === 'mark' && lexeme.text === text;
const isWord = (lexeme: Lexeme | undefined, text: string): boolean => lexeme?.kind === 'word' && lexeme.text === text;

/** Whether every name in `{ type a, type b }` is marked as a type. */
const onlyTypesIn = (list: readonly Lexeme[]): boolean => {
  const open = list.findIndex((lexeme) => isMark(lexeme, '{'));
  const close = list.findIndex((lexeme) => isMark(lexeme, '}'));
  if (open !== 1 || close <= open + 1) return false;
  return list.every(
    (lexeme, at) =>
      at <= open ||
      at >= close ||
      !(isMark(list[at - 1], '{') || isMark(list[at - 1], ',')) ||
      (isWord(lexeme, 'type') && list[at + 1]?.kind === 'word'),
  );
};

/** The words from `import` or `export` up to the string after `from`; undefined when there is none. */
const clauseAt = (lexemes: readonly Lexeme[], start: number): readonly Lexeme[] | undefined => {
  for (let at = start + 1; at < lexemes.length; at += 1) {
    const lexeme = lexemes[at];
    if (lexeme?.kind === 'string' && isWord(lexemes[at - 1], 'from')) return lexemes.slice(start, at + 1);
    const belongs = lexeme?.kind === 'word' || lexeme?.kind === 'string' || '{},*'.includes(lexeme?.text ?? ';');
    if (!belongs) return undefined;
  }
  return undefined;
};

/** A call with one argument: what is found when that is a string, and when it is not. */
const called = (lexemes: readonly Lexeme[], parenthesis: number): string | undefined => {
  const argument = lexemes[parenthesis + 1];
  const after = lexemes[parenthesis + 2];
  return argument?.kind === 'string' && (isMark(after, ')') || isMark(after, ',')) ? argument.text : undefined;
};

/** Every import, re-export, dynamic import and require of a source text, in order. */
export const findImports = (source: string): readonly FoundImport[] => {
  const lexemes = lexemesOf(source).filter(({ kind }) => kind !== 'comment');
  return lexemes.flatMap((lexeme, at): readonly FoundImport[] => {
    if (lexeme.kind !== 'word' || isMark(lexemes[at - 1], '.')) return [];
    const line = source.slice(0, lexeme.start).split('\n').length;
    const next = lexemes[at + 1];
    if (lexeme.text === 'require' && (isMark(next, '(') || (isMark(next, '.') && isMark(lexemes[at + 3], '(')))) {
      return [
        { specifier: called(lexemes, isMark(next, '(') ? at + 1 : at + 3), how: 'require', typeOnly: false, line },
      ];
    }
    if (lexeme.text !== 'import' && lexeme.text !== 'export') return [];
    if (lexeme.text === 'import' && isMark(next, '(')) {
      return [{ specifier: called(lexemes, at + 1), how: 'dynamic', typeOnly: false, line }];
    }
    if (lexeme.text === 'import' && next?.kind === 'string') {
      return [{ specifier: next.text, how: 'import', typeOnly: false, line }];
    }
    const clause = clauseAt(lexemes, at);
    if (clause === undefined) return [];
    const typeOnly = isWord(clause[1], 'type') && !isWord(clause[2], 'from') && !isMark(clause[2], ',');
    const specifier = clause.at(-1)?.text;
    return [{ specifier, how: lexeme.text, typeOnly: typeOnly || onlyTypesIn(clause), line }];
  });
};
