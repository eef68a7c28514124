import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './scripts/tally-reporter.mjs';

const in_ = (...folders: readonly string[]): string[] => folders.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than two cores: the tests with real processes wait more than they work.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', new TallyReporter()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: in_('domain', 'adapters', 'app', 'contracts', 'testing', 'conventions'),
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: [
            'examples/**/*.test.ts',
            ...in_('servers', 'neighbours', 'processes', 'package', 'examples', 'demo', 'documents'),
          ],
        },
      },
      {
        extends: true,
        test: { name: 'search', include: in_('simulation', 'fuzz', 'canary', 'planted-bugs') },
      },
    ],
  },
});
