/**
 * @typedef {'word' | 'number' | 'string' | 'template' | 'pattern' | 'mark' | 'comment'} LexemeKind
 * @typedef {{ readonly kind: LexemeKind; readonly text: string; readonly start: number; readonly end: number }} Lexeme
 * `text` of a string is what stands between its quotes, as written; of everything else it is the source itself.
 */

const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /\d[\w.]*/y;
const space = /\s+/y;
const lineComment = /\/\/[^\n]*/y;
const blockComment = /\/\*[\s\S]*?(?:\*\/|$)/y;
const quoted = /(['"])((?:\\[\s\S]|(?!\1)[^\\\n])*)\1/y;
const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const templateText = /(?:\\[\s\S]|(?!\$\{)[^\\`])*(?:`|\$\{|$)/y;

/** Words after which a slash starts a pattern, not a division. */
const operators = new Set('await case delete do else in instanceof new of return throw typeof void yield'.split(' '));

/** @param {Lexeme | undefined} before */
const expressionFollows = (before) => {
  if (before === undefined) return true;
  if (before.kind === 'word') return operators.has(before.text);
  if (before.kind === 'template') return before.text.endsWith('${');
  return before.kind === 'mark' && !')]}'.includes(before.text);
};

/**
 * Takes JavaScript or TypeScript apart, far enough to find its imports and its statements: it knows comments, strings,
 * templates and patterns from code, and nothing of grammar. White space is left out; nothing else is.
 *
 * @param {string} source
 * @returns {readonly Lexeme[]}
 */
export const lexemesOf = (source) => {
  /** @type {Lexeme[]} */
  const found = [];
  /** @type {Lexeme | undefined} */
  let before;
  /** Brackets that are open inside each `${`, innermost last. @type {number[]} */
  const templates = [];
  let at = 0;

  /** @param {RegExp} shape */
  const next = (shape) => {
    shape.lastIndex = at;
    return shape.exec(source);
  };
  /** @param {LexemeKind} kind @param {number} length @param {string} [text] */
  const take = (kind, length, text) => {
    const lexeme = { kind, text: text ?? source.slice(at, at + length), start: at, end: at + length };
    found.push(lexeme);
    if (kind !== 'comment') before = lexeme;
    at += length;
  };
  const takeTemplate = () => {
    at += 1;
    const length = 1 + (next(templateText)?.[0].length ?? 0);
    at -= 1;
    take('template', length);
    if (before?.text.endsWith('${') === true) templates.push(0);
  };

  while (at < source.length) {
    const here = source[at];
    const open = templates.length - 1;
    const match = next(space);
    if (match !== null) {
      at += match[0].length;
      continue;
    }
    const comment = next(lineComment) ?? next(blockComment);
    const name = next(word);
    const digits = next(number);
    const text = next(quoted);
    const shape = here === '/' && expressionFollows(before) ? next(pattern) : null;
    if (comment !== null) take('comment', comment[0].length);
    else if (name !== null) take('word', name[0].length);
    else if (digits !== null) take('number', digits[0].length);
    else if (text !== null) take('string', text[0].length, text[2] ?? '');
    else if (shape !== null) take('pattern', shape[0].length);
    else if (here === '`') takeTemplate();
    else if (here === '}' && templates[open] === 0) {
      templates.pop();
      takeTemplate();
    } else {
      if (here === '{' && open >= 0) templates[open] = (templates[open] ?? 0) + 1;
      if (here === '}' && open >= 0) templates[open] = (templates[open] ?? 0) - 1;
      take('mark', 1);
    }
  }
  return found;
};
