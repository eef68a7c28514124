import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [library = '', path = '', increments = '0'] = process.argv.slice(2);
const { sqliteStore } = await import(pathToFileURL(join(library, 'adapters/stores/sqlite/sqlite-store.js')).href);

/** @param {{ _tag: string, left?: unknown, right?: unknown }} outcome */
const right = (outcome) => {
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

const bare = {
  key: 'tray/391250',
  provider: 'tray',
  account: '391250',
  incarnation: 'incarnation-1',
  credential: 'lv1.2026-11.c2VhbGVk',
  generation: 0,
  renewable: true,
  invalidated: false,
  fallbackTried: false,
  createdAt: 1_800_000_000_000,
  updatedAt: 1_800_000_000_000,
};

const store = sqliteStore({ path });
right(await store.open());
for (let done = 0; done < Number(increments); done += 1) {
  right(
    await store.update(bare.key, (/** @type {typeof bare | undefined} */ current) => ({
      _tag: 'Put',
      record: { ...bare, generation: (current?.generation ?? 0) + 1 },
      result: undefined,
    }))(),
  );
}
right(await store.close());
process.stdout.write(`${increments} increments\n`);
