import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';

const directory = join(projectRoot, '.github', 'workflows');
const workflows = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')] as const);

describe('the workflows', () => {
  it('are two', () => {
    expect(workflows.map(([name]) => name).toSorted()).toEqual(['ci.yml', 'release.yml']);
  });
});

describe.each(workflows)('the workflow %s', (name, text) => {
  it('names every action by the hash of its commit, with its version beside it', () => {
    const used = [...text.matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  it('may read the sources, and only the release may identify itself', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    const granted = [...text.matchAll(/^ +([\w-]+): write$/gm)].map(([, permission]) => permission);
    expect(granted).toEqual(name === 'release.yml' ? ['id-token'] : []);
  });

  it('holds no secret, and leaves none in the sources it took', () => {
    expect(text).not.toMatch(/secrets\.|pull_request_target/);
    expect(text.match(/actions\/checkout@/g)?.length).toBe(text.match(/persist-credentials: false/g)?.length);
  });

  it('does what .ci/run does', () => {
    expect(text).toContain('run: .ci/run\n');
  });
});

describe('the release', () => {
  it('publishes with provenance, and runs nothing that was installed on the way', () => {
    const [, text = ''] = workflows.find(([name]) => name === 'release.yml') ?? [];
    expect(text).toContain('run: npm publish --provenance --access public --ignore-scripts\n');
    expect(text).toContain('run: npm ci --ignore-scripts\n');
  });
});
