import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** One thing that a process did to a file of the watched directory, or a commit that it noted. */
export type DiskEvent =
  | { readonly what: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly what: 'truncate'; readonly file: string; readonly length: number }
  | { readonly what: 'delete'; readonly file: string }
  /** `file` is `.` for the directory itself. */
  | { readonly what: 'sync'; readonly file: string }
  | { readonly what: 'begin' | 'acknowledge'; readonly commit: number };

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, '..', '..', 'node_modules', '.cache', 'llavero-disk-log');

/**
 * The path of the library that writes down what a process does to its disk. It is preloaded rather than strace, since it
 * works in containers that forbid tracing, and needs only g++, which building better-sqlite3 needs as well.
 */
export const buildDiskLog = (): Promise<string> => buildPreloaded('disk-log.cpp');

/** Compiles a library that is preloaded into processes, once for each state of its source; its path. */
export const buildPreloaded = async (name: string): Promise<string> => {
  const source = join(here, name);
  const fingerprint = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 16);
  const built = join(cache, `${fingerprint}.so`);
  if (existsSync(built)) return built;
  await mkdir(cache, { recursive: true });
  const draft = `${built}.${process.pid}`;
  const compiler = process.env['CXX'] ?? 'g++';
  try {
    await promisify(execFile)(compiler, ['-shared', '-fPIC', '-O1', '-o', draft, source, '-ldl']);
  } catch {
    throw new Error(
      `${compiler} could not compile ${source}, which this test watches or slows the disk with. On Debian: apt-get install g++`,
    );
  }
  await rename(draft, built);
  return built;
};

/** What makes a process keep a disk log of a directory, whose path must hold no symbolic link. */
export const diskLogEnvironment = (library: string, directory: string, log: string): NodeJS.ProcessEnv => ({
  ...process.env,
  LD_PRELOAD: library,
  LLAVERO_DISK_DIRECTORY: directory,
  LLAVERO_DISK_LOG: log,
});

/** Reads a disk log. */
export const readDiskLog = async (log: string): Promise<readonly DiskEvent[]> => {
  const bytes = await readFile(log);
  const events: DiskEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at);
    const [letter = '', name = '', first = '', second = '0'] = bytes.toString('utf8', at, end).split(' ');
    const size = letter === 'W' ? Number(second) : 0;
    at = end + 1 + size;
    if (letter === 'W') {
      events.push({ what: 'write', file: name, offset: Number(first), bytes: bytes.subarray(end + 1, at) });
    } else if (letter === 'T') events.push({ what: 'truncate', file: name, length: Number(first) });
    else if (letter === 'D') events.push({ what: 'delete', file: name });
    else if (letter === 'S') events.push({ what: 'sync', file: name });
    else if (letter === 'B') events.push({ what: 'begin', commit: Number(name) });
    else if (letter === 'A') events.push({ what: 'acknowledge', commit: Number(name) });
    else throw new Error(`a disk log has no line ${JSON.stringify(letter)}`);
  }
  return events;
};
