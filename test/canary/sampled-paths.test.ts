import { describe, expect, it } from 'vitest';
import { canaryPaths } from './canary-paths.js';
import { playPaths } from './canary-run.js';

/** Some paths of each kind without a process of their own: quick enough to run after every change. */
const sampleOf = (about: string): Parameters<typeof playPaths>[0] => {
  const paths = canaryPaths[about] ?? [];
  const step = Math.ceil(paths.length / 12);
  return paths.filter(({ name }, at) => at % step === 0 || name.endsWith(': an answer')).map((path) => [about, path]);
};

describe('a sample of the paths', () => {
  it.each(Object.keys(canaryPaths))('leaks no secret: %s', async (about) => {
    const { paths } = await playPaths(sampleOf(about));
    expect(paths.filter(({ leaks, end, expected }) => leaks.length > 0 || end !== expected)).toEqual([]);
    expect(paths.length).toBeGreaterThan(2);
  });
});
