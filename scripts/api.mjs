import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declarationsAt, exportsOf, namedBy } from './api-surface.mjs';
import { entryPoints, projectRoot } from './entry-points.mjs';

/** @typedef {import('./api-surface.mjs').Origin} Origin */

const snapshots = join(projectRoot, 'api');
const entries = entryPoints().map((entry) => ({ ...entry, exports: exportsOf(join(projectRoot, entry.types)) }));

/** @param {Origin} origin */
const idOf = ({ place, name }) => `${place}#${name}`;

/** @param {Origin} origin */
const textOf = (origin) =>
  declarationsAt(origin)
    ?.map(({ text }) => text.replace(/^(export )?(declare )?/, ''))
    .join('\n') ?? `(${origin.name} of ${origin.place})`;

/** @param {Origin} origin */
const kindOf = (origin) =>
  origin.typeOnly || declarationsAt(origin)?.every(({ isValue }) => !isValue) === true ? 'type' : 'value';

/** What the exports name, and what that names, as far as nobody exports it. */
const unexported = () => {
  const exported = new Set(entries.flatMap((entry) => [...entry.exports.values()].map(idOf)));
  /** @type {Map<string, Origin>} */
  const found = new Map();
  const queue = entries.flatMap((entry) => [...entry.exports.values()]);
  for (let origin = queue.pop(); origin !== undefined; origin = queue.pop()) {
    for (const named of namedBy(origin)) {
      if (exported.has(idOf(named)) || found.has(idOf(named))) continue;
      found.set(idOf(named), named);
      queue.push(named);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** @returns {ReadonlyMap<string, string>} */
const currentSnapshots = () => {
  const files = entries.map(({ specifier, name, exports }) => {
    const sections = [...exports.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, origin]) => `## ${kindOf(origin)} ${name}\n${textOf(origin)}\n`);
    return /** @type {const} */ ([`${name}.txt`, [`# ${specifier}\n`, ...sections].join('\n')]);
  });
  const hidden = unexported().map((origin) => `## ${origin.name}\n${textOf(origin)}\n`);
  return new Map([
    ...files,
    ['not-exported.txt', ['# named by the exports, but exported nowhere\n', ...hidden].join('\n')],
  ]);
};

/** @returns {ReadonlyMap<string, string>} */
const savedSnapshots = () => {
  mkdirSync(snapshots, { recursive: true });
  return new Map(readdirSync(snapshots).map((file) => [file, readFileSync(join(snapshots, file), 'utf8')]));
};

/**
 * The lines that only one of two texts has.
 *
 * @param {string} saved
 * @param {string} current
 */
const difference = (saved, current) => {
  const [before, after] = [saved.split('\n'), current.split('\n')];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
};

const saved = savedSnapshots();
const current = currentSnapshots();
const changed = [...new Set([...saved.keys(), ...current.keys()])].filter(
  (file) => saved.get(file) !== current.get(file),
);

if (process.argv.includes('--write')) {
  for (const file of changed) {
    const text = current.get(file);
    if (text === undefined) rmSync(join(snapshots, file));
    else writeFileSync(join(snapshots, file), text);
  }
  console.log(
    changed.length === 0
      ? 'The public API is as it was.'
      : `Rewritten: ${changed.map((file) => `api/${file}`).join(', ')}`,
  );
} else if (changed.length > 0) {
  for (const file of changed)
    console.error([`api/${file}`, ...difference(saved.get(file) ?? '', current.get(file) ?? '')].join('\n    '));
  console.error(
    '\nThe public API is not what api/ says. If you meant it, run `npm run api` and commit what it writes.',
  );
  process.exit(1);
}
