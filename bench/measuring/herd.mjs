/**
 * What became of a herd: how long each caller waited, in milliseconds, and how many were turned away.
 *
 * @typedef {{ waits: number[], failed: number }} Herd
 */

/**
 * Lets so many callers ask at once. Each waits from its own call to its own answer.
 *
 * @param {number} callers
 * @param {() => Promise<unknown>} call
 * @returns {Promise<Herd>}
 */
export const herd = async (callers, call) => {
  /** @type {number[]} */
  const waits = Array.from({ length: callers }, () => 0);
  let failed = 0;
  const answers = waits.map((_, caller) => {
    const since = performance.now();
    return call().then(
      () => {
        waits[caller] = performance.now() - since;
      },
      () => {
        waits[caller] = performance.now() - since;
        failed += 1;
      },
    );
  });
  await Promise.all(answers);
  return { waits, failed };
};
