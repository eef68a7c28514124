import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { scriptedHttp } from '../../../src/testing/scripted-http.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import { accessOf, centryKey, centryPreset, encryption, failureOf, makeScene } from '../llavero-fixture.js';
import { centryAnswer, secretsOf } from '../provider-answers.js';

const onFile = (path: string) =>
  createLlavero({
    providers: [centryPreset()],
    store: sqliteStore({ path }),
    encryption: encryption(),
    overrides: [swapPorts({ httpClient: scriptedHttp([centryAnswer(1)]) })],
  });

describe('backup', () => {
  it('makes a file that a llavero with the same encryption keys goes on with', async () => {
    const path = await scratchFile();
    await using llavero = onFile(path);
    await llavero.exchange(centryKey, { code: 'code' });
    await llavero.backup(`${path}.backup`);
    await using restored = onFile(`${path}.backup`);
    expect(accessOf(await restored.token(centryKey))).toBe(secretsOf(1).access);
  });

  it('says that there is a file already', async () => {
    const path = await scratchFile();
    await using llavero = onFile(path);
    await llavero.backup(`${path}.backup`);
    const error = await failureOf(llavero.backup(`${path}.backup`));
    expect(error.code).toBe('ERR_STORE_FAILED');
    expect(error.message).toContain('give backup() a path that is free');
  });

  it('says that a store of another kind is backed up with the tools of its database', async () => {
    const { llavero } = makeScene();
    const error = await failureOf(llavero.backup('/nowhere/llavero.db'));
    expect(error.code).toBe('ERR_STORE_FAILED');
    expect(error.reason).toMatchObject({ why: 'backup_not_supported' });
    expect(error.message).toContain('use the tools of its database');
    expect(memoryStore().backup).toBeUndefined();
  });

  it.each(['', ' ', 'a\0b'])('takes no %j for a path', async (path) => {
    const { llavero } = makeScene();
    await expect(llavero.backup(path)).rejects.toThrow(TypeError);
    expect(existsSync('a')).toBe(false);
  });
});
