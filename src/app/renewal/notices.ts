import type { Notice } from '../../domain/renewal-protocol.js';
import type { Clock } from '../../ports/clock.js';

/** The announced recoveries that this process knows of, and since when. */
export interface Notices {
  /** A notice stands in the store. Known from the first time on; a newer one takes its place. */
  readonly saw: (key: string, notice: Omit<Notice, 'knownForMs'>) => void;
  readonly known: (key: string) => Notice | undefined;
}

/** So many are kept; the oldest gives way, which only makes its recovery wait anew. */
const mostNotices = 10_000;

export const makeNotices = ({ monotonicMs }: Pick<Clock, 'monotonicMs'>): Notices => {
  const seen = new Map<string, Omit<Notice, 'knownForMs'> & { readonly sinceMs: number }>();
  return {
    saw: (key, { attemptId, announcedAt }) => {
      const known = seen.get(key);
      if (known?.attemptId === attemptId && known.announcedAt === announcedAt) return;
      seen.delete(key);
      for (const oldest of seen.keys()) if (seen.size >= mostNotices) seen.delete(oldest);
      seen.set(key, { attemptId, announcedAt, sinceMs: monotonicMs() });
    },
    known: (key) => {
      const known = seen.get(key);
      return known && { ...known, knownForMs: monotonicMs() - known.sinceMs };
    },
  };
};
