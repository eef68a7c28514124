import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's directory, with its trailing separator. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * What `package.json` says, as far as the scripts ask.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} scripts
 * @property {Record<string, string>} bin
 * @property {Record<string, string | { types: string, default: string }>} exports
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/** @returns {Manifest} */
export const manifest = () => JSON.parse(readFileSync(`${projectRoot}package.json`, 'utf8'));

/**
 * One way into the package. `specifier` is what a user imports, `name` what its snapshot under `api/` is called;
 * `types` and `code` are paths inside the project.
 *
 * @typedef {{ readonly specifier: string, readonly name: string, readonly types: string, readonly code: string }} EntryPoint
 */

/**
 * Every entry point of `package.json` that has code.
 *
 * @returns {readonly EntryPoint[]}
 */
export const entryPoints = () => {
  const { name, exports } = manifest();
  return Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            specifier: subpath.replace('.', name),
            name: subpath === '.' ? name : subpath.slice(2).replaceAll('/', '-'),
            types: target.types.slice(2),
            code: target.default.slice(2),
          },
        ],
  );
};
