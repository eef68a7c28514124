import { channel } from 'node:diagnostics_channel';
import type { EventSink } from '../../ports/event-sink.js';

/** The name of the diagnostics channel that carries every `LlaveroEvent`. */
export const eventChannelName = 'llavero:event';

/**
 * Publishes every event, frozen, on the diagnostics channel `llavero:event`; without subscribers it does nothing.
 *
 * Subscribers run before `emit` returns, each whatever the others do. When one throws, `emit` still returns normally and
 * callers notice nothing; Node raises the error by itself, on the next tick, as an `uncaughtException`, as it does for every
 * channel. That ends a process which does not handle it, and no publisher can prevent it: a subscriber has to catch its own.
 */
export const diagnosticsEventSink = (): EventSink => {
  const events = channel(eventChannelName);
  const sink: EventSink = {
    emit: (event) => {
      if (events.hasSubscribers) events.publish(frozenCopy(event));
    },
  };
  return Object.freeze(sink);
};

/** With dates of its own, so that a subscriber that moves one moves no one else's. */
const frozenCopy = (event: object): object =>
  Object.freeze(
    Object.fromEntries(
      Object.entries(event).map(([name, value]) => [name, value instanceof Date ? new Date(value) : value]),
    ),
  );
