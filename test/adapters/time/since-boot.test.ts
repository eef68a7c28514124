import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sinceBoot } from '../../../src/adapters/time/since-boot.js';

const isNamed = existsSync('/proc/sys/kernel/random/boot_id');

describe('the monotonic clock of this host', () => {
  it('names its boot where the system does', () => {
    expect(sinceBoot().bootId !== undefined).toBe(isNamed);
    expect(sinceBoot().bootId).toBe(sinceBoot().bootId);
  });

  it.runIf(isNamed)('shows the same in another process', () => {
    const before = sinceBoot().monotonicMs();
    const program = 'console.log(Number(process.hrtime.bigint()) / 1e6)';
    const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    const after = sinceBoot().monotonicMs();
    expect(Number(stdout)).toBeGreaterThan(before);
    expect(Number(stdout)).toBeLessThan(after);
  });
});
