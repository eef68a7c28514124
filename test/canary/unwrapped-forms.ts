import type { LeakForm } from './canary-search.js';

/** What a text says once one kind of writing is undone. */
export interface UnwrappedForm {
  readonly form: LeakForm;
  readonly text: string;
}

const character = (code: string, radix: number): string => String.fromCharCode(Number.parseInt(code, radix));

/** `61 62 63` as Node prints a Buffer, and lists of decimal numbers as it prints other bytes and as JSON does. */
const hexRun = /(?:\b[0-9a-f]{2}[ ,:]\s*){7,}[0-9a-f]{2}\b/gi;
const decimalRun = /(?:\b\d{1,3},\s*){7,}\d{1,3}\b/g;

const bytesOf = (text: string): string =>
  [
    ...[...text.matchAll(hexRun)].map(([run]) =>
      run.replaceAll(/[0-9a-f]{2}[ ,:]*\s*/gi, (pair) => character(pair.slice(0, 2), 16)),
    ),
    ...[...text.matchAll(decimalRun)].map(([run]) =>
      run.replaceAll(/(\d+),?\s*/g, (_all, code: string) => character(code, 10)),
    ),
  ].join('\n');

/** The same text with its percent signs, its escapes and its lists of bytes undone, where it has any. */
export const unwrappedForms = (text: string): readonly UnwrappedForm[] => {
  const forms: readonly UnwrappedForm[] = [
    { form: 'percent-encoded', text: text.replaceAll(/%([0-9a-f]{2})/gi, (_all, code: string) => character(code, 16)) },
    {
      form: 'escaped',
      text: text.replaceAll(/\\(?:u00|x)([0-9a-f]{2})/gi, (_all, code: string) => character(code, 16)),
    },
    { form: 'two bytes a character', text: text.replaceAll('\0', '') },
  ];
  const bytes = bytesOf(text);
  return [
    ...forms.filter((unwrapped) => unwrapped.text !== text),
    ...(bytes === '' ? [] : [{ form: 'bytes' as const, text: bytes }]),
  ];
};
