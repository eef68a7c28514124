import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { succeeds } from '../../../../src/testing/store-contract/harness.js';
import { buildOnce } from '../../../processes/build-once.js';
import { runProcess } from '../../../processes/run-process.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';

const script = fileURLToPath(new URL('workers/increment.mjs', import.meta.url));
const processes = 8;
const increments = 50;

let built = '';
beforeAll(async () => {
  built = await buildOnce();
});

describe('sqliteStore in several processes', () => {
  it('loses no change when eight open the same new file at once and write to the same account', async () => {
    const path = await scratchFile();
    const ended = await Promise.all(
      Array.from({ length: processes }, () => runProcess(script, built, path, String(increments))),
    );
    expect(ended).toEqual(
      Array.from({ length: processes }, () => ({ exitCode: 0, stdout: `${increments} increments\n`, stderr: '' })),
    );
    const store = await opened(sqliteStore({ path }));
    expect((await succeeds(store.read('tray/391250')))?.generation).toBe(processes * increments);
    const reader = await openDatabase(path);
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
