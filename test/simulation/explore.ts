/** Takes one of several turnings, by number. */
export type Turn = (turnings: number) => number;

/**
 * Walks every path through a run that is always the same up to the turning taken, depth first. Resolves with the number
 * of paths; stops early when `walk` says so.
 */
export const explore = async (walk: (turn: Turn) => Promise<'go on' | 'stop'>): Promise<number> => {
  const path: number[] = [];
  const widths: number[] = [];
  for (let paths = 1; ; paths += 1) {
    let depth = 0;
    const said = await walk((turnings) => {
      const taken = path[depth] ?? 0;
      path[depth] = taken;
      widths[depth] = turnings;
      depth += 1;
      return taken;
    });
    path.length = depth;
    while (path.length > 0 && (path.at(-1) ?? 0) + 1 >= (widths[path.length - 1] ?? 0)) path.pop();
    const last = path.pop();
    if (last === undefined || said === 'stop') return paths;
    path.push(last + 1);
  }
};

/**
 * Walks so many paths through the same run, by turnings drawn from `random`, for runs with more paths than there is time for.
 * Resolves with the number of paths.
 */
export const sample = async (
  paths: number,
  random: { readonly below: (end: number) => number },
  walk: (turn: Turn) => Promise<'go on' | 'stop'>,
): Promise<number> => {
  for (let walked = 1; walked < paths; walked += 1) {
    if ((await walk((turnings) => random.below(turnings))) === 'stop') return walked;
  }
  await walk((turnings) => random.below(turnings));
  return paths;
};
