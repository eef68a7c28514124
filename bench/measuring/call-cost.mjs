// Imported anew for each contender, as `call-cost.mjs?of=NAME`. A loop that several share is compiled for all of them; a
// program calls each from a place of its own.

/** How far apart the keys of two successive calls stand: prime, so that each has its turn, and far, so that caches do not help. */
const stride = 7919;

/**
 * Makes as many calls as it is told, each for the next key, and awaits each.
 *
 * @param {(key: string) => Promise<unknown>} call
 * @param {readonly string[]} keys
 * @param {number} first where in the keys to begin
 */
export const awaitedCalls = (call, keys, first) => {
  let next = first % keys.length;
  return async (/** @type {number} */ calls) => {
    let at = next;
    for (let made = 0; made < calls; made += 1) {
      await call(keys[at] ?? '');
      at = (at + stride) % keys.length;
    }
    next = at;
  };
};

/**
 * The same for calls that answer at once. Gives how many answered with something.
 *
 * @param {(key: string) => unknown} call
 * @param {readonly string[]} keys
 * @param {number} first where in the keys to begin
 */
export const immediateCalls = (call, keys, first) => {
  let next = first % keys.length;
  return (/** @type {number} */ calls) => {
    let at = next;
    let answered = 0;
    for (let made = 0; made < calls; made += 1) {
      if (call(keys[at] ?? '') !== undefined) answered += 1;
      at = (at + stride) % keys.length;
    }
    next = at;
    return answered;
  };
};
