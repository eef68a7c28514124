/** The same items in an order of the caller's own; `fraction` gives numbers in [0, 1). */
export const shuffled = <A>(items: readonly A[], fraction: () => number): A[] =>
  items
    .map((item) => ({ item, at: fraction() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
