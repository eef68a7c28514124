/** What one place of `package-lock.json` says. */
interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The places of a lock file, such as `node_modules/a/node_modules/b`. */
export type LockedPackages = Readonly<Record<string, Locked>>;

/** Where Node would look for `name` from the package at `place`, innermost first. */
const placesFor = (place: string, name: string): readonly string[] => {
  const inside = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
  if (place === '') return [inside];
  const parent = place.lastIndexOf('/node_modules/');
  return [inside, ...placesFor(parent === -1 ? '' : place.slice(0, parent), name)];
};

/**
 * The optional dependencies that a lock file names and does not pin, such as a tool's builds for other platforms.
 * `npm ci` refuses a lock file that has any.
 */
export const unpinnedIn = (packages: LockedPackages): readonly string[] =>
  Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !placesFor(place, name).some((found) => packages[found]?.version !== undefined),
    ),
  );
