import { existsSync } from 'node:fs';
import { readDeclarationFile } from './declaration-file.mjs';

/**
 * @typedef {import('./declaration-file.mjs').DeclarationFile} DeclarationFile
 * @typedef {import('./declaration-file.mjs').Declaration} Declaration
 * @typedef {{ readonly place: string, readonly name: string, readonly typeOnly: boolean }} Origin
 * Where something is declared: a `.d.ts` of ours, or a package.
 */

/** @type {Map<string, DeclarationFile>} */
const read = new Map();

/** @param {string} path */
const fileAt = (path) => {
  const known = read.get(path) ?? readDeclarationFile(path);
  read.set(path, known);
  return known;
};

/** @param {string} place */
const isOurs = (place) => place.endsWith('.d.ts') && existsSync(place);

/**
 * Follows a name to the file that declares it.
 *
 * @param {string} place
 * @param {string} name
 * @param {boolean} typeOnly
 * @returns {Origin}
 */
const originOf = (place, name, typeOnly) => {
  if (!isOurs(place) || name === '*') return { place, name, typeOnly };
  const file = fileAt(place);
  if (file.declared.has(name)) return { place, name, typeOnly };
  const next = file.exported.get(name);
  const local = next?.from === undefined ? file.imported.get(next?.name ?? name) : undefined;
  for (const reference of [next, local]) {
    if (reference?.from !== undefined) return originOf(reference.from, reference.name, typeOnly || reference.typeOnly);
  }
  for (const { from, typeOnly: types } of file.exportedWhole) {
    if (from !== undefined && isOurs(from) && exportsOf(from).has(name)) return originOf(from, name, typeOnly || types);
  }
  if (next?.from === undefined && next !== undefined && next.name !== name) return originOf(place, next.name, typeOnly);
  throw new Error(`${place} passes on ${name}, and nothing declares it.`);
};

/**
 * Every name that can be imported from a `.d.ts` of ours, and where it is declared.
 *
 * @param {string} path
 * @returns {ReadonlyMap<string, Origin>}
 */
export const exportsOf = (path) => {
  /** @type {Map<string, Origin>} */
  const found = new Map();
  const file = fileAt(path);
  for (const { from, typeOnly } of file.exportedWhole) {
    if (from === undefined || !isOurs(from)) throw new Error(`${path} passes on all of ${from}: name what it exports.`);
    for (const [name, origin] of exportsOf(from)) found.set(name, { ...origin, typeOnly: origin.typeOnly || typeOnly });
  }
  for (const name of file.exported.keys())
    found.set(name, originOf(path, name, file.exported.get(name)?.typeOnly ?? false));
  return found;
};

/**
 * What an origin declares; undefined when it is a package's or a whole module.
 *
 * @param {Origin} origin
 * @returns {readonly Declaration[] | undefined}
 */
export const declarationsAt = ({ place, name }) => (isOurs(place) ? fileAt(place).declared.get(name) : undefined);

/**
 * The declarations of ours that another one names.
 *
 * @param {Origin} origin
 * @returns {readonly Origin[]}
 */
export const namedBy = (origin) => {
  const file = isOurs(origin.place) ? fileAt(origin.place) : undefined;
  const words = new Set((declarationsAt(origin) ?? []).flatMap((declaration) => [...declaration.words]));
  return [...words].flatMap((word) => {
    if (file?.declared.has(word) === true) return [{ place: origin.place, name: word, typeOnly: true }];
    const reference = file?.imported.get(word);
    return reference?.from !== undefined && isOurs(reference.from) && reference.name !== '*'
      ? [originOf(reference.from, reference.name, true)]
      : [];
  });
};
