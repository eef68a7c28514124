import type { DiskEvent } from './disk-log.js';

/** What a disk holds after the power failed: files by their names. */
export type DiskImage = ReadonlyMap<string, Buffer>;

/** A moment at which the power could fail, and the last commit that had been acknowledged by then; 0 for none. */
export interface PowerCut {
  readonly acknowledged: number;
  readonly image: DiskImage;
}

type Change = Extract<DiskEvent, { what: 'write' | 'truncate' }>;

interface Content {
  /** What the last sync brought to the disk. */
  synced: Buffer;
  /** What the process reads. */
  current: Buffer;
  pending: readonly Change[];
}

/** What a name stands for: to the process, and on the disk, which learns of it when the directory is synced. */
interface Named {
  seen: Content | undefined;
  kept: Content | undefined;
}

const changed = (content: Buffer, change: Change): Buffer => {
  const length =
    change.what === 'truncate' ? change.length : Math.max(content.length, change.offset + change.bytes.length);
  const next = Buffer.alloc(length);
  content.copy(next, 0, 0, Math.min(content.length, length));
  if (change.what === 'write') change.bytes.copy(next, change.offset);
  return next;
};

/**
 * Cuts the power before every sync and at every acknowledgement. What was not synced by then is gone, but for the
 * writes that `survives` lets through: a disk may have got round to any of them.
 */
export function* powerCuts(
  events: readonly DiskEvent[],
  survives: () => boolean = () => false,
): Generator<PowerCut, void, undefined> {
  const names = new Map<string, Named>();
  let acknowledged = 0;

  const cut = (): PowerCut => {
    const image = new Map<string, Buffer>();
    for (const [name, { kept }] of names) {
      if (kept !== undefined) image.set(name, kept.pending.filter(survives).reduce(changed, kept.synced));
    }
    return { acknowledged, image };
  };
  const named = (name: string): Named => {
    const entry = names.get(name) ?? { seen: undefined, kept: undefined };
    names.set(name, entry);
    return entry;
  };
  const syncNames = (): void => {
    for (const entry of names.values()) entry.kept = entry.seen;
  };
  const apply = (event: Change): void => {
    const entry = named(event.file);
    entry.seen ??= { synced: Buffer.alloc(0), current: Buffer.alloc(0), pending: [] };
    entry.seen.current = changed(entry.seen.current, event);
    entry.seen.pending = [...entry.seen.pending, event];
  };
  const sync = (content: Content | undefined): void => {
    if (content !== undefined) Object.assign(content, { synced: content.current, pending: [] });
  };

  for (const event of events) {
    switch (event.what) {
      case 'begin':
        break;
      case 'acknowledge':
        acknowledged = event.commit;
        yield cut();
        break;
      case 'sync':
        yield cut();
        if (event.file === '.') syncNames();
        else sync(named(event.file).seen);
        break;
      case 'delete':
        named(event.file).seen = undefined;
        break;
      default:
        apply(event);
    }
  }
}
