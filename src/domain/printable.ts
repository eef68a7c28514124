/**
 * The characters of a text that RFC 6749 §5.2 admits in an error (%x20-21, %x23-5B, %x5D-7E), at most `maxLength` of them,
 * so that what a provider wrote can stand in a log. Anything but a string becomes ''.
 */
export const printable = (value: unknown, maxLength = 120): string =>
  typeof value === 'string' ? value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '').slice(0, maxLength) : '';
