import { isLeft } from 'fp-ts/lib/Either.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import { printable } from '../../../domain/printable.js';
import { checkWebAddress } from '../../../domain/web-address.js';
import { connectionHeaders } from '../../http/outgoing-request.js';
import { isPath } from './definition-addresses.js';
import { inWords } from './field-table.js';

/** What is wrong with a value: the path of the setting below it (`.expiresAt`, or nothing) and what it must be. */
export interface Wrong {
  readonly at: string;
  readonly must: string;
}

/** Judges the value of one setting; undefined when nothing is wrong. */
export type Check = (value: unknown) => Wrong | undefined;

/** A check of the value itself. */
export const must =
  (text: string, isRight: (value: unknown) => boolean): Check =>
  (value) =>
    isRight(value) ? undefined : { at: '', must: text };

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.trim() === value && !/[\p{Cc}\p{Cs}]/u.test(value);

/** A text that is not empty. */
export const text = must('be a text that is not empty', isText);
/** True or false. */
export const truth = must('be true or false', (value) => typeof value === 'boolean');
/** A function. */
export const callable = must('be a function', (value) => typeof value === 'function');

/** One of a few texts. */
export const oneOf = (...choices: readonly string[]): Check =>
  must(`be ${choices.map((choice) => `'${choice}'`).join(' or ')}`, (value) => choices.some((one) => one === value));

/** A finite number above zero; `or` is what else may stand there. */
export const above0 = (unit: string, or = ''): Check =>
  must(`be a number of ${unit} above 0${or}`, (value) => typeof value === 'number' && value > 0 && value < Infinity);

/** Whatever the check says, or left out. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

/** One check or the other; what is told is what the last one says. */
export const either =
  (first: Check, second: Check): Check =>
  (value) =>
    first(value) === undefined ? undefined : second(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these members and no other. */
export const members =
  (table: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return { at: '', must: `be an object with ${inWords(Object.keys(table))}` };
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(table, name));
    if (stranger !== undefined) {
      const known = inWords(Object.keys(table));
      return { at: '', must: `not hold ${printable(stranger, 60)}, which is no setting; the settings are ${known}` };
    }
    for (const [name, check] of Object.entries(table)) {
      const wrong = check(Object.hasOwn(value, name) ? value[name] : undefined);
      if (wrong !== undefined) return { at: `.${name}${wrong.at}`, must: wrong.must };
    }
    return undefined;
  };

/** An object whose members, whatever they are called, all pass. */
export const each =
  (check: Check, what: string, isName: (name: string) => boolean = isText): Check =>
  (value) => {
    if (!isObject(value)) return { at: '', must: `be an object of ${what}` };
    for (const [name, member] of Object.entries(value)) {
      const wrong = isName(name) ? check(member) : { at: '', must: `not hold this name: it takes ${what}` };
      if (wrong !== undefined) return { at: `.${printable(name, 60)}${wrong.at}`, must: wrong.must };
    }
    return undefined;
  };

/** A list of one or more, each of which passes. */
export const list =
  (check: Check, what: string): Check =>
  (value) => {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    const wrong = items.length === 0 || items.some((item) => check(item) !== undefined);
    return wrong ? { at: '', must: `be a list of ${what}` } : undefined;
  };

/** An address as definitions write it: a whole one that secrets may go to, or a path. Loopback is left to the rules. */
export const endpoint: Check = (value) => {
  if (!isText(value)) return { at: '', must: 'be an address like https://login.example.com/oauth/token, or a path' };
  if (isPath(value)) {
    const isPlain = /^\/(?![/\\])[^\\#]*$/.test(value);
    return isPlain ? undefined : { at: '', must: 'be a path like /oauth/token, without // at its start and without #' };
  }
  const address = checkWebAddress(value, { allowHttpOnLoopback: true });
  return isLeft(address) ? { at: '', must: addressAdvice[address.left] } : undefined;
};

/** A whole address that secrets may go to. Loopback is left to the rules. */
export const wholeAddress: Check = (value) =>
  isText(value) && isPath(value) ? { at: '', must: addressAdvice.not_a_url } : endpoint(value);

const ownHeaders: ReadonlySet<string> = new Set([
  ...connectionHeaders,
  'accept-encoding',
  'authorization',
  'content-type',
]);

/** Whether a text can be the name of a header: a token (RFC 9110 §5.6.2). */
export const isHeaderName = (name: unknown): boolean =>
  typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);

/** Whether a definition may set this header: one that llavero does not set itself. */
export const isFreeHeader = (name: string): boolean => isHeaderName(name) && !ownHeaders.has(name.toLowerCase());
