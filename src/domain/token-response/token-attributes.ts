import { ownField, type JsonObject } from './own-field.js';

/** No attribute is longer; what is, is left out. */
const longest = 1_024;

/** A text or a finite number of an answer as an attribute's text; undefined for anything else, for '' and for control characters. */
export const attributeText = (value: unknown): string | undefined => {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= longest && !/[\p{Cc}\p{Cs}]/u.test(text)
    ? text
    : undefined;
};

/** The attributes an answer gives, by attribute name and the answer's name for it, over the previous ones. */
export const readAttributes = (
  json: JsonObject,
  names: Readonly<Record<string, string>>,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const answered = Object.entries(names).flatMap(([attribute, name]) => {
    const text = attributeText(ownField(json, name));
    return text === undefined ? [] : [[attribute, text] as const];
  });
  return Object.freeze({ ...previous, ...Object.fromEntries(answered) });
};
