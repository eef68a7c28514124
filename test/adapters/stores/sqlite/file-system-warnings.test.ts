import { describe, expect, it } from 'vitest';
import { fileSystemWarnings } from '../../../../src/adapters/stores/sqlite/file-system-warnings.js';
import { scratchFile } from './scratch-file.js';

const ext4 = 0xef53;
const mounts = '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 8:1 /srv/l.db /data\\040here/l.db rw - ext4 /dev/sda1 rw';

const warningsOn = (type: number, path = '/data/l.db') =>
  fileSystemWarnings(path, { fileSystemOf: () => type, mounts: () => mounts });

describe('warnings about the place of a file', () => {
  it.each([
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['CIFS, with a sign', 0xff534d42 | 0],
    ['SMB2', 0xfe534d42],
    ['FUSE', 0x65735546],
    ['9P', 0x01021997],
  ])('name %s a network file system', (_name, type) => {
    expect(warningsOn(type)).toEqual(['network_file_system']);
  });

  it('are none on a local disk', () => {
    expect(warningsOn(ext4)).toEqual([]);
  });

  it('tell of a file that is mounted without its folder', () => {
    expect(warningsOn(ext4, '/data here/l.db')).toEqual(['file_mounted_alone']);
    expect(warningsOn(ext4, '/data here/other.db')).toEqual([]);
  });

  it('are none where the system does not say', () => {
    const fails = (): never => {
      throw new Error('ENOSYS');
    };
    expect(fileSystemWarnings('/data/l.db', { fileSystemOf: fails, mounts: fails })).toEqual([]);
  });

  it('are none about this machine’s own temporary folder', async () => {
    expect(fileSystemWarnings(await scratchFile())).not.toContain('file_mounted_alone');
  });
});
