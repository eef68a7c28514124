import { deepEqual, equal } from 'node:assert/strict';
import type { NoteChange, TokenStore } from '../../ports/token-store.js';
import { allAtOnce, openHandles, succeeds, type StoreContractCheck } from './harness.js';

/** Writes a note and tells what was there. */
const write = (store: TokenStore, name: string, text: string | undefined): Promise<string | undefined> =>
  succeeds(store.updateNote(name, (before) => ({ text, result: before })));

const read = (store: TokenStore, name: string): Promise<string | undefined> => succeeds(store.readNote(name));

const increment = (text: string | undefined): NoteChange<number> => {
  const next = Number(text ?? '0') + 1;
  return { text: String(next), result: next };
};

/** Small texts that all processes share. */
export const noteChecks: readonly StoreContractCheck[] = [
  {
    name: 'keeps notes by their names',
    run: async ({ open }) => {
      const store = await open();
      equal(await write(store, 'one', 'first'), undefined);
      equal(await write(store, "two '%_😀", ''), undefined);
      equal(await write(store, 'one', 'second'), 'first');
      equal(await read(store, 'one'), 'second');
      equal(await read(store, "two '%_😀"), '');
      equal(await write(store, "two '%_😀", ''), '');
      equal(await read(store, 'three'), undefined);
    },
  },
  {
    name: 'forgets a note whose text becomes undefined',
    run: async ({ open }) => {
      const store = await open();
      await write(store, 'one', 'first');
      await write(store, 'two', 'stays');
      equal(await write(store, 'one', undefined), 'first');
      equal(await write(store, 'one', undefined), undefined);
      equal(await write(store, 'one', 'again'), undefined);
      equal(await read(store, 'two'), 'stays');
    },
  },
  {
    name: 'leaves a note as it is, and an absent one absent, when its change gives the text it was shown',
    run: async ({ open }) => {
      const store = await open();
      const keepText = (name: string): Promise<string | undefined> =>
        succeeds(store.updateNote(name, (text) => ({ text, result: text })));
      equal(await keepText('one'), undefined);
      equal(await read(store, 'one'), undefined);
      await write(store, 'one', '');
      equal(await keepText('one'), '');
      equal(await read(store, 'one'), '');
    },
  },
  {
    name: 'reads a note as the last change of any handle left it',
    run: async (harness) => {
      const handles = await openHandles(harness, 2);
      for (const [index, writer] of handles.entries()) {
        await write(writer, 'one', `text ${index}`);
        deepEqual(await Promise.all(handles.map((reader) => read(reader, 'one'))), [`text ${index}`, `text ${index}`]);
      }
    },
  },
  {
    name: 'leaves a note alone and ends Left when its change throws',
    run: async ({ open }) => {
      const store = await open();
      await write(store, 'one', 'first');
      const outcome = await store.updateNote('one', () => {
        throw new Error('a bug in a change');
      })();
      equal(outcome._tag, 'Left');
      equal(await read(store, 'one'), 'first');
    },
  },
  {
    name: 'loses none of a hundred changes of one note at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      const results = await allAtOnce(handles, 100, (store) => succeeds(store.updateNote('counter', increment)));
      deepEqual(
        results.toSorted((one, other) => one - other),
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
    },
  },
];
