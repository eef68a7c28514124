/**
 * What becomes of a refresh token that is used: with `none` it stays good; with `single-use` it is spent at once; with
 * `graceMs` it is answered again, with the same or another new one, for so many milliseconds after its first use.
 */
export type Rotation = 'none' | 'single-use' | { readonly graceMs: number };

/** A shorter grace is no help: the request, its deadline and the repetition have to fit into it. */
export const shortestGraceMs = 5_000;

/** This part of a grace is the longest that its accounts pause for each other: who has just been unlucky can still be in time. */
const pauseOfGrace = 0.2;

/** The longest pause that the accounts of a client share, by what becomes of their spent refresh tokens; `otherwiseMs` without a grace. */
export const longestPauseMs = (rotation: Rotation | undefined, otherwiseMs: number): number =>
  typeof rotation === 'object' ? Math.min(otherwiseMs, Math.floor(pauseOfGrace * rotation.graceMs)) : otherwiseMs;
