/** An account of about one kilobyte. @param {string} key @returns {import('llavero/ports').AccountRecord} */
export const newRecord = (key) => ({
  key,
  provider: 'centry',
  account: key.slice(key.indexOf('/') + 1),
  incarnation: 'one',
  credential: 'c'.repeat(300),
  generation: 0,
  token: 't'.repeat(700),
  renewable: true,
  invalidated: false,
  fallbackTried: false,
  createdAt: 0,
  updatedAt: 0,
});
