import fc from 'fast-check';

/** Texts of any UTF-16 code units: control characters, halves of surrogate pairs, everything. Much faster to make than fast-check's own. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0xffff })), { maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));
