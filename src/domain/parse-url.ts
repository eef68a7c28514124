/**
 * The URL that a text is, by itself or on a base; undefined where it is none. `URL.canParse` is not asked: on Node 20
 * and 22 it refuses texts with letters beyond ASCII once it has been called often enough to be compiled.
 */
export const parseUrl = (text: string, base?: string | URL): URL | undefined => {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
};
