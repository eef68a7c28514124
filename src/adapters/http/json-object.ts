/**
 * The JSON object that a body holds (UTF-8, RFC 8259), frozen and without a prototype, so that only names the provider sent
 * are there; `__proto__` is dropped. Undefined for anything else: the parser's message, which quotes the body, is let go.
 */
export const parseJsonObject = (body: Buffer): Readonly<Record<string, unknown>> | undefined => {
  const parsed = parse(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const own: Record<string, unknown> = { __proto__: null };
  for (const [name, value] of Object.entries(parsed)) if (name !== '__proto__') own[name] = value;
  return Object.freeze(own);
};

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
};
