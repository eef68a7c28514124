import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';

const directory = join(projectRoot, 'test', 'neighbours', 'definitions');

/** The lines from `defineProvider({` to the end of its statement. */
const linesOf = (text: string): number => {
  const [, statement = ''] = /^export const \w+ = (defineProvider\([^]*?^\}\);)$/m.exec(text) ?? [];
  return statement.split('\n').length;
};

describe('the definitions of neighbours', () => {
  it.each(readdirSync(directory))('take fifteen lines at most: %s', (file) => {
    const lines = linesOf(readFileSync(join(directory, file), 'utf8'));
    expect(lines).toBeGreaterThan(3);
    expect(lines).toBeLessThanOrEqual(15);
  });

  it('are made as the presets of llavero are', () => {
    for (const preset of ['centry', 'citrus-ad', 'tray']) {
      const text = readFileSync(join(projectRoot, 'src', 'adapters', 'providers', preset, `${preset}.ts`), 'utf8');
      expect([...text.matchAll(/= defineProvider\(\{$/gm)]).toHaveLength(1);
      expect(text).not.toMatch(/\bmakePreset\b/);
    }
  });

  it('use nothing but defineProvider', () => {
    const imports = readdirSync(directory).flatMap((file) =>
      [...readFileSync(join(directory, file), 'utf8').matchAll(/^import .*$/gm)].map(([line]) => line),
    );
    expect([...new Set(imports)]).toEqual([
      "import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';",
    ]);
  });
});
