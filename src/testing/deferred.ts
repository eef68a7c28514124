/** A promise and the function that resolves it. */
export interface Deferred<A> {
  readonly promise: Promise<A>;
  readonly resolve: (value: A) => void;
}

/** A promise that somebody else resolves later, at most once. */
export const deferred = <A>(): Deferred<A> => {
  let settle: (value: A) => void = () => undefined;
  const promise = new Promise<A>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
};
