import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StoreWarning } from '../../../domain/store-trouble.js';

/** How Linux numbers the file systems whose locks are not those of a local disk (statfs(2)). */
const networkFileSystems: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB2
  0xff534d42, // CIFS
  0x65735546, // FUSE: sshfs, s3fs, mergerfs and the like
  0x01021997, // 9P: shared folders of virtual machines
  0x5346414f, // AFS
  0x73757245, // Coda
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x01161970, // GFS2
  0x7461636f, // OCFS2
  0x564c, // NCP
  0x786f4256, // vboxsf
]);

/** What the system says of a place: the number of its file system, and the table of its mounts. */
export interface SystemView {
  readonly fileSystemOf: (directory: string) => number;
  readonly mounts: () => string;
}

const systemView: SystemView = {
  fileSystemOf: (directory) => statfsSync(directory).type,
  mounts: () => readFileSync('/proc/self/mountinfo', 'utf8'),
};

const triedOr = <A>(work: () => A, otherwise: A): A => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

/** The fifth field of proc_pid_mountinfo(5); a space in a path is written `\040`. */
const isMountPoint = (path: string, mounts: string): boolean =>
  mounts.split('\n').some((line) => line.split(' ')[4] === path.replaceAll(' ', '\\040'));

/**
 * What is known to go wrong with a database in this place, on Linux; elsewhere nothing is known. Never throws: a warning
 * that cannot be given is none.
 */
export const fileSystemWarnings = (path: string, system: SystemView = systemView): readonly StoreWarning[] => {
  const real = triedOr(() => realpathSync(path), path);
  // Read as unsigned: some systems give the number with a sign.
  const type = triedOr(() => system.fileSystemOf(dirname(real)) >>> 0, 0);
  const mounts = triedOr(system.mounts, '');
  return [
    ...(networkFileSystems.has(type) ? (['network_file_system'] as const) : []),
    ...(isMountPoint(real, mounts) ? (['file_mounted_alone'] as const) : []),
  ];
};
