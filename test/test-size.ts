/** How much the tests with a size do. */
export type TestSize = 'short' | 'normal' | 'long';

/** `LLAVERO_TEST_SIZE=normal` or `long`, else short. The only place that reads it. */
export const testSize = (): TestSize => {
  const asked = process.env['LLAVERO_TEST_SIZE'] ?? 'short';
  if (asked === 'short' || asked === 'normal' || asked === 'long') return asked;
  throw new TypeError(`LLAVERO_TEST_SIZE is short, normal or long; it was ${asked}`);
};
