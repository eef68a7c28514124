import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { diagnosticsEventSink, eventChannelName } from '../../../src/adapters/events/diagnostics-event-sink.js';
import type { LlaveroEvent } from '../../../src/domain/llavero-event.js';

const event = (): LlaveroEvent => ({
  type: 'token_committed',
  key: 'tray/391250',
  at: new Date(1_000),
  generation: 3,
  cause: 'renewal',
  expiresAt: new Date(2_000),
  fingerprint: '_J4rE1zsIU2d',
});

type Subscriber = (message: unknown) => void;
const subscribed: Subscriber[] = [];
const listen = (subscriber: Subscriber, name = eventChannelName): void => {
  subscribed.push(subscriber);
  subscribe(name, subscriber);
};

/** What becomes uncaught while `act` runs and in the ticks after it, without ending the process. */
const uncaughtDuring = async (act: () => void): Promise<readonly unknown[]> => {
  const uncaught: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  act();
  await new Promise((resolve) => setImmediate(resolve));
  process.setUncaughtExceptionCaptureCallback(null);
  return uncaught;
};

afterEach(() => {
  for (const subscriber of subscribed.splice(0)) unsubscribe(eventChannelName, subscriber);
});

describe('diagnosticsEventSink', () => {
  it('publishes on the channel llavero:event', () => {
    const received: unknown[] = [];
    listen((message) => received.push(message), 'llavero:event');
    diagnosticsEventSink().emit(event());
    expect(received).toEqual([event()]);
  });

  it('has published when emit returns, to every subscriber, in order', () => {
    const received: string[] = [];
    listen(() => received.push('first'));
    listen(() => received.push('second'));
    diagnosticsEventSink().emit(event());
    received.push('returned');
    expect(received).toEqual(['first', 'second', 'returned']);
  });

  it('publishes a frozen event with dates of its own', () => {
    const original = event();
    listen((message) => {
      expect(Object.isFrozen(message)).toBe(true);
      if (typeof message !== 'object' || message === null) return;
      expect(Reflect.set(message, 'key', 'other')).toBe(false);
      const at: unknown = Reflect.get(message, 'at');
      if (at instanceof Date) at.setTime(0);
    });
    diagnosticsEventSink().emit(original);
    expect(original).toEqual(event());
    expect.assertions(3);
  });

  it('does nothing without subscribers', () => {
    const untouchable = new Proxy(event(), {
      get: () => expect.unreachable('read'),
      ownKeys: () => expect.unreachable('listed'),
    });
    expect(diagnosticsEventSink().emit(untouchable)).toBeUndefined();
  });

  it('returns as ever when a subscriber throws, and the other subscribers hear of the event', async () => {
    const received: unknown[] = [];
    const failure = new Error('a subscriber of the application failed');
    listen(() => {
      throw failure;
    });
    listen((message) => received.push(message));
    const returned: unknown[] = [];
    const uncaught = await uncaughtDuring(() => returned.push(diagnosticsEventSink().emit(event())));
    expect(returned).toEqual([undefined]);
    expect(received).toEqual([event()]);
    expect(uncaught).toEqual([failure]);
  });

  it('goes on publishing after a subscriber has thrown', async () => {
    const received: unknown[] = [];
    const sink = diagnosticsEventSink();
    listen((message) => {
      received.push(message);
      throw new Error('always');
    });
    const uncaught = await uncaughtDuring(() => {
      sink.emit(event());
      sink.emit(event());
    });
    expect(received.length).toBe(2);
    expect(uncaught.length).toBe(2);
  });
});
