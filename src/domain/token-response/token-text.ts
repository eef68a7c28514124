/**
 * A token as it may go into a header or a query: surrounding white space is cut, what is left must be visible ASCII
 * (%x21-7E) and not empty. RFC 6749 Appendix A.12 and A.17 also admit spaces inside; no header would carry those intact.
 */
export const parseTokenText = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
};
