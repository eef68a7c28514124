/**
 * What one place of `package-lock.json` says, as far as is asked here.
 *
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [license]
 * @property {string} [integrity]
 * @property {boolean} [hasInstallScript]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} Lock
 * @property {string} name
 * @property {string} version
 * @property {Record<string, LockedPackage>} packages
 */

/** @param {string} place */
const nameAt = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The package URL of a package of npm: `pkg:npm/%40scope/name@1.2.3`.
 * @param {string} name @param {string} version */
const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/**
 * Every package that comes with an installation of llavero, in the order of the lock file: what only its developers need is
 * left out.
 *
 * @param {Lock} lock
 * @returns {readonly (LockedPackage & { place: string, name: string, version: string })[]}
 */
export const productionPackages = ({ packages }) =>
  Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, locked]) => ({ ...locked, place, name: nameAt(place), version: locked.version ?? '' }));

/**
 * Where Node finds `name` from the package at `place`; undefined when it is not locked.
 *
 * @param {Lock} lock @param {string} place @param {string} name
 * @returns {string | undefined}
 */
const findFrom = (lock, place, name) => {
  const found = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
  if (lock.packages[found] !== undefined) return found;
  if (place === '') return undefined;
  return findFrom(lock, place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))), name);
};

/** @param {string} license */
const licenseOf = (license) =>
  license.startsWith('(') ? { expression: license.slice(1, -1) } : { license: { id: license } };

/** npm's integrity holds a digest in base64; CycloneDX wants it in hex.
 * @param {string} integrity */
const hashOf = (integrity) => {
  const [, algorithm = '', digest = ''] = /^sha(\d+)-(.+)$/.exec(integrity) ?? [];
  return { alg: `SHA-${algorithm}`, content: Buffer.from(digest, 'base64').toString('hex') };
};

/**
 * The bill of materials of a lock file, in CycloneDX 1.5: every package in production with version, licence, package URL and
 * digest, and which needs which. It asks nobody, and is the same for the same lock file.
 *
 * @param {Lock} lock
 */
export const billOfMaterials = (lock) => {
  const own = purlOf(lock.name, lock.version);
  const packages = productionPackages(lock);
  const refs = new Map(packages.map(({ place, name, version }) => [place, purlOf(name, version)]));
  /** @param {string} place @param {LockedPackage} from */
  const needs = (place, { dependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => {
      const ref = refs.get(findFrom(lock, place, name) ?? '');
      return ref === undefined ? [] : [ref];
    });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { 'bom-ref': own, type: 'library', name: lock.name, version: lock.version, purl: own },
    },
    components: packages.map(({ name, version, license, integrity, optional, devOptional }) => ({
      'bom-ref': purlOf(name, version),
      type: 'library',
      name,
      version,
      purl: purlOf(name, version),
      scope: optional === true || devOptional === true ? 'optional' : 'required',
      licenses: license === undefined ? [] : [licenseOf(license)],
      hashes: integrity === undefined ? [] : [hashOf(integrity)],
    })),
    dependencies: [
      { ref: own, dependsOn: needs('', lock.packages[''] ?? {}) },
      ...packages.map((one) => ({ ref: purlOf(one.name, one.version), dependsOn: needs(one.place, one) })),
    ],
  };
};
