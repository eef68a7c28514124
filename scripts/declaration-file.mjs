import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lexemesOf } from './lexer.mjs';

/**
 * @typedef {import('./lexer.mjs').Lexeme} Lexeme
 * @typedef {{ readonly text: string, readonly isValue: boolean, readonly words: ReadonlySet<string> }} Declaration
 * `text` without its comments; `words` are the names that stand in it.
 * @typedef {{ readonly from: string | undefined, readonly name: string, readonly typeOnly: boolean }} Reference
 * A name somewhere else: in the file or package `from`, or in this file when that is undefined. `*` is all of it.
 *
 * @typedef {object} DeclarationFile What one `.d.ts` of the compiler declares and passes on.
 * @property {ReadonlyMap<string, readonly Declaration[]>} declared
 * @property {ReadonlyMap<string, Reference>} imported
 * @property {ReadonlyMap<string, Reference>} exported
 * @property {readonly Reference[]} exportedWhole
 */

const declares =
  /^(?:export )?(?:declare )?(?:abstract )?(interface|type|const|let|var|function|class|enum|namespace)$/;
const endsWithBrace = new Set(['interface', 'class', 'enum', 'namespace']);
const typesOnly = new Set(['interface', 'type']);

/**
 * The code of a file without its comments, a statement each.
 *
 * @param {string} source
 * @returns {ReadonlyArray<readonly Lexeme[]>}
 */
const statementsOf = (source) => {
  /** @type {Lexeme[][]} */
  const statements = [];
  /** @type {Lexeme[]} */
  let current = [];
  let depth = 0;
  for (const lexeme of lexemesOf(source)) {
    if (lexeme.kind === 'comment') continue;
    current.push(lexeme);
    if (lexeme.kind !== 'mark') continue;
    if ('{(['.includes(lexeme.text)) depth += 1;
    if ('})]'.includes(lexeme.text)) depth -= 1;
    const closed = lexeme.text === '}' && endsWithBrace.has(kindOf(current) ?? '');
    if (depth === 0 && (lexeme.text === ';' || closed)) {
      statements.push(current);
      current = [];
    }
  }
  if (current.length > 0) throw new Error(`A declaration does not end: ${current.map(({ text }) => text).join(' ')}`);
  return statements;
};

/**
 * What a statement declares, as its keyword; undefined for imports and lists of exports.
 *
 * @param {readonly Lexeme[]} statement
 */
const kindOf = (statement) => {
  let head = '';
  for (const [at, { text, kind }] of statement.entries()) {
    if (kind !== 'word') return undefined;
    head = head === '' ? text : `${head} ${text}`;
    const match = declares.exec(head);
    if (match !== null) return statement[at + 1]?.kind === 'word' ? match[1] : undefined;
  }
  return undefined;
};

/**
 * @param {string} source
 * @param {readonly Lexeme[]} statement
 */
const textOf = (source, statement) => {
  let text = '';
  let end = statement[0]?.start ?? 0;
  for (const lexeme of statement) {
    const between = source.slice(end, lexeme.start);
    const gap = between.includes('\n') ? between.slice(between.lastIndexOf('\n')) : between === '' ? '' : ' ';
    text += gap + source.slice(lexeme.start, lexeme.end);
    end = lexeme.end;
  }
  return text;
};

/**
 * The names of `{ a, type b, c as d }`: what each is called where it comes from, and here.
 *
 * @param {readonly Lexeme[]} list
 */
const namesOf = (list) => {
  /** @type {{ name: string, alias: string, typeOnly: boolean }[]} */
  const names = [];
  let words = /** @type {string[]} */ ([]);
  for (const { kind, text } of list) {
    if (kind === 'word' || kind === 'string') words.push(text);
    if (text !== ',' && text !== '}') continue;
    const typeOnly = words[0] === 'type' && words.length > 1 && words[1] !== 'as';
    const [name, , alias = name] = typeOnly ? words.slice(1) : words;
    if (name !== undefined && alias !== undefined) names.push({ name, alias, typeOnly });
    words = [];
  }
  return names;
};

/**
 * Reads a `.d.ts` as the compiler writes it; not one that a person wrote.
 *
 * @param {string} path
 * @returns {DeclarationFile}
 */
export const readDeclarationFile = (path) => {
  const source = readFileSync(path, 'utf8');
  /** @type {Map<string, Declaration[]>} */
  const declared = new Map();
  /** @type {Map<string, Reference>} */
  const imported = new Map();
  /** @type {Map<string, Reference>} */
  const exported = new Map();
  /** @type {Reference[]} */
  const exportedWhole = [];
  /** @param {string} specifier */
  const place = (specifier) =>
    specifier.startsWith('.') ? join(dirname(path), specifier.replace(/\.js$/, '.d.ts')) : specifier;

  /** @param {readonly Lexeme[]} statement */
  const readList = (statement) => {
    const target = statement[0]?.text === 'import' ? imported : exported;
    const specifier = statement.find(({ kind }, at) => kind === 'string' && statement[at - 1]?.text === 'from');
    const from = specifier === undefined ? undefined : place(specifier.text);
    const brace = statement.findIndex(({ text }) => text === '{');
    const allTypes = statement[1]?.text === 'type' && statement[2]?.text !== 'from';
    const head = brace === -1 ? statement : statement.slice(0, brace);
    const star = head.findIndex(({ text, kind }) => kind === 'mark' && text === '*');
    const alias = head[star + 2];
    if (star !== -1 && head[star + 1]?.text === 'as' && alias !== undefined)
      target.set(alias.text, { from, name: '*', typeOnly: allTypes });
    else if (star !== -1) exportedWhole.push({ from, name: '*', typeOnly: allTypes });
    if (brace === -1) return;
    for (const { name, alias: here, typeOnly } of namesOf(statement.slice(brace + 1)))
      target.set(here, { from, name, typeOnly: allTypes || typeOnly });
  };

  for (const statement of statementsOf(source)) {
    const kind = kindOf(statement);
    if (kind === undefined) {
      readList(statement);
      continue;
    }
    const name = statement[statement.findIndex(({ text }) => text === kind) + 1]?.text ?? '';
    const words = new Set(statement.filter((lexeme) => lexeme.kind === 'word').map(({ text }) => text));
    const text = textOf(source, statement);
    declared.set(name, [...(declared.get(name) ?? []), { text, isValue: !typesOnly.has(kind), words }]);
    if (statement[0]?.text === 'export') exported.set(name, { from: undefined, name, typeOnly: false });
  }
  return { declared, imported, exported, exportedWhole };
};
