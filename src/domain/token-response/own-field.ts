/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a name that the provider itself sent; nothing that the object inherits is ever taken for an answer. */
export const ownField = (json: JsonObject, name: string): unknown =>
  Object.hasOwn(json, name) ? json[name] : undefined;

/** A text that says something; undefined for anything else, also for the empty text (RFC 6749 §3.2: as if it were absent). */
export const ownText = (json: JsonObject, name: string): string | undefined => {
  const value = ownField(json, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
