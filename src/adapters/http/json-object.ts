/**
 * The JSON object that a body holds (UTF-8, RFC 8259), frozen and without a prototype, so that only names the provider sent are
 * there; `__proto__` is dropped. An integer beyond 2^53 is the text of its digits, at any depth: as a number it would be
 * another one. Undefined for anything else: the parser's message, which quotes the body, is let go.
 */
export const parseJsonObject = (body: Buffer | string): Readonly<Record<string, unknown>> | undefined => {
  const parsed = parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const own: Record<string, unknown> = { __proto__: null };
  for (const [name, value] of Object.entries(parsed)) if (name !== '__proto__') own[name] = value;
  return Object.freeze(own);
};

const parse = (text: string): unknown => {
  const parsed = parseOrUndefined(text);
  if (parsed === undefined || !/\d{16}/.test(text)) return parsed;
  return parseOrUndefined(withLongIntegersQuoted(text)) ?? parsed;
};

const parseOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * In text that is JSON a string or a number begins wherever one of these can match, so that every string is stepped over. Text
 * that is no JSON must not come here: on strings without an end the search would take quadratic time.
 */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const withLongIntegersQuoted = (json: string): string =>
  json.replace(stringOrNumber, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
