/**
 * What becomes of a refresh token that is used: with `none` it stays good; with `single-use` it is spent at once; with
 * `graceMs` it is answered again, with the same or another new one, for so many milliseconds after its first use.
 */
export type Rotation = 'none' | 'single-use' | { readonly graceMs: number };

/** A shorter grace is no help: the request, its deadline and the repetition have to fit into it. */
export const shortestGraceMs = 5_000;
