import { format, inspect } from 'node:util';
import { copiedForms, printedForms } from '../domain/printed-forms.js';

/** The ways of a value to the outside, each with what it shows there. */
export type SinkTexts = Readonly<Record<string, string>>;

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** What the language itself brings: no secret hides in there. */
const builtIn: ReadonlySet<unknown> = new Set(
  Object.getOwnPropertyNames(globalThis)
    .map((name): unknown => Object.getOwnPropertyDescriptor(globalThis, name)?.value)
    .flatMap((value): readonly unknown[] =>
      typeof value === 'function' ? [value, Reflect.get(value, 'prototype')] : [],
    ),
);

/** Every value that code can reach from one: own properties of any kind, getters, prototypes, contents of collections. */
const reachable = (value: unknown): string => {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const walk = (each: unknown, receiver: unknown): void => {
    if (!isObject(each)) {
      texts.push(String(each));
      return;
    }
    if (seen.has(each) || builtIn.has(each)) return;
    seen.add(each);
    for (const name of Reflect.ownKeys(each)) {
      texts.push(String(name));
      const held = read(each, name, receiver);
      walk(held, held);
    }
    if (each instanceof Map || each instanceof Set) for (const entry of each) walk(entry, entry);
    if (typeof each !== 'function') walk(Object.getPrototypeOf(each), receiver);
  };
  walk(value, value);
  return texts.join('\n');
};

/** Some getters refuse to be read. */
const read = (owner: object, name: PropertyKey, receiver: unknown): unknown => {
  try {
    const value: unknown = Reflect.get(owner, name, receiver);
    return value;
  } catch {
    return undefined;
  }
};

const causes = (value: unknown): string => {
  const texts: string[] = [];
  for (let at = value, depth = 0; at instanceof Error && depth < 20; at = at.cause, depth += 1) {
    texts.push(`${at.name} ${at.message}\n${at.stack ?? ''}\n${inspect(at.cause, { depth: null, showHidden: true })}`);
  }
  return texts.join('\n');
};

/** What the platform refuses to copy is no leak. */
const attempt = (show: () => SinkTexts): SinkTexts => {
  try {
    return show();
  } catch {
    return {};
  }
};

const ofError = (value: unknown): SinkTexts =>
  value instanceof Error ? { message: value.message, stack: value.stack ?? '', 'cause chain': causes(value) } : {};

/** A value in every way in which it can reach a log, a screen, another thread or a curious caller, by the name of the way. */
export const valueSinks = (value: object): SinkTexts => ({
  ...ofError(value),
  'inspect to any depth': inspect(value, {
    depth: Infinity,
    showHidden: true,
    maxStringLength: Infinity,
    maxArrayLength: Infinity,
  }),
  'util.format one by one': [format('%s', value), format('%o', value), format('%O', value), format('%j', value)].join(),
  'every property': reachable(value),
  ...printedForms(value),
  ...attempt(() => copiedForms(value)),
});
