/** The lists of dependencies that a manifest may have. */
export const dependencyLists = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** A `package.json`, or the entry of a lock file that repeats it, as far as it is asked here. */
export type DependencyManifest = {
  readonly [List in (typeof dependencyLists)[number]]?: Readonly<Record<string, string>>;
};

/** The places of a lock file, such as `node_modules/a`. */
export type LockedVersions = Readonly<Record<string, DependencyManifest & { readonly version?: string }>>;

const exact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** What a manifest names by anything but one exact version; a peer may be a range, since whoever installs it chooses. */
export const rangesIn = (manifest: DependencyManifest): readonly string[] =>
  dependencyLists
    .filter((list) => list !== 'peerDependencies')
    .flatMap((list) => Object.entries(manifest[list] ?? {}))
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `${name}: ${version}`);

/** Where a lock file does not say what its manifest says. */
export const disagreements = (manifest: DependencyManifest, locked: LockedVersions): readonly string[] =>
  dependencyLists.flatMap((list) => {
    const named = manifest[list] ?? {};
    const repeated = locked['']?.[list] ?? {};
    return [...new Set([...Object.keys(named), ...Object.keys(repeated)])]
      .filter(
        (name) =>
          named[name] !== repeated[name] ||
          (list !== 'peerDependencies' && locked[`node_modules/${name}`]?.version !== named[name]),
      )
      .map((name) => `${list}: ${name}`);
  });
