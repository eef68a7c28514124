import { describe, expect, it } from 'vitest';
import { aesGcmCipher } from '../../../src/adapters/crypto/aes-gcm-cipher.js';
import { runCommand } from '../../../src/app/command-line/run-command.js';
import { manifest } from '../../../scripts/entry-points.mjs';

describe('llavero keygen', () => {
  it('writes one key that encryption.keys takes, on a line of its own, and nothing else', () => {
    const { out, err, status } = runCommand(['keygen']);
    expect([err, status]).toEqual(['', 0]);
    expect(out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(aesGcmCipher({ keys: [{ id: 'new', secret: out.trimEnd() }] }).newestKeyId).toBe('new');
  });

  it('writes another one each time', () => {
    const keys = Array.from({ length: 100 }, () => runCommand(['keygen']).out);
    expect(new Set(keys).size).toBe(100);
  });
});

describe('the command line', () => {
  it('says which version it is', () => {
    expect(runCommand(['--version'])).toEqual({ out: `${manifest().version}\n`, err: '', status: 0 });
  });

  it.each([[[]], [['--help']]])('says what it can do: %o', (parameters) => {
    const { out, err, status } = runCommand(parameters);
    expect([err, status]).toEqual(['', 0]);
    expect(out).toContain('llavero keygen');
  });

  it.each([[['kegyen']], [['keygen', '2026-11']], [['--version', 'x']], [['']]])(
    'takes %o for a mistake, says what it knows, and repeats nothing of what was typed',
    (parameters) => {
      const { out, err, status } = runCommand(parameters);
      expect([out, status]).toEqual(['', 2]);
      expect(err).toMatch(/^llavero does not know that command\.\n\n/);
      expect(err).toContain('llavero keygen');
      expect(err).not.toContain('kegyen');
    },
  );
});
