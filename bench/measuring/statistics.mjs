/** @param {Iterable<number>} numbers @param {number} share 0.5 for the median; 0 gives the least, 1 the greatest */
export const quantile = (numbers, share) => {
  const sorted = [...numbers].toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** @param {Iterable<number>} numbers */
export const median = (numbers) => quantile(numbers, 0.5);
