import type { LlaveroEvent } from '../domain/llavero-event.js';

/**
 * Where events go. Laws: `emit` returns at once, never throws, and what it does changes nothing for callers.
 * Events carry allow-listed, printable fields; no secret is ever in one.
 */
export interface EventSink {
  readonly emit: (event: LlaveroEvent) => void;
}
