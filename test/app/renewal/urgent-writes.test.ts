import { describe, expect, it } from 'vitest';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { WriteOptions } from '../../../src/ports/token-store.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { scriptedHttp } from '../../../src/testing/scripted-http.js';
import { centryKey, centryLifeMs, centryPreset } from '../llavero-fixture.js';
import { centryAnswer, oauthError } from '../provider-answers.js';

const scene = async () => {
  const clock = fakeClock();
  const http = scriptedHttp([], { nowMs: clock.nowMs });
  const inner = memoryStore();
  const urgent: string[] = [];
  const others: string[] = [];
  const note = (what: string, options: WriteOptions | undefined): void => {
    (options?.urgent === true ? urgent : others).push(what);
  };
  const llavero = createLlavero({
    providers: [centryPreset()],
    store: {
      ...inner,
      update: (key, change, options) =>
        inner.update(
          key,
          (current, nowMs) => {
            const decided = change(current, nowMs);
            if (decided._tag === 'Put') {
              const { attempt, generation } = decided.record;
              const what = attempt?.id === current?.attempt?.id ? 'other' : attempt === undefined ? 'end' : 'begin';
              note(generation > (current?.generation ?? 0) ? 'commit' : what, options);
            }
            return decided;
          },
          options,
        ),
      updateNote: (name, change, options) =>
        inner.updateNote(name, (text) => {
          const decided = change(text);
          if (decided.text !== text && name.startsWith('client/')) note('note', options);
          return decided;
        }),
    },
    encryption: 'plaintext',
    overrides: [swapPorts({ clock, httpClient: http, eventSink: { emit: () => undefined } })],
  });
  http.answer(centryAnswer(1));
  await llavero.exchange(centryKey, { code: 'code' });
  await clock.advance(centryLifeMs);
  urgent.length = 0;
  others.length = 0;
  return { clock, http, llavero, urgent, others };
};

describe('the hint that a write is urgent', () => {
  it('is given with the commit of a token, and not with the beginning of its attempt', async () => {
    const { http, llavero, urgent, others } = await scene();
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    expect({ urgent, others }).toEqual({ urgent: ['commit'], others: ['begin'] });
  });

  it('is given with a refusal, and with what it says of the client', async () => {
    const { http, llavero, urgent, others } = await scene();
    http.answer(oauthError('invalid_client', 401));
    await llavero.token(centryKey).catch(() => undefined);
    expect({ urgent, others }).toEqual({ urgent: ['end', 'note'], others: ['begin'] });
  });

  it('is given with the release of an attempt that was not processed', async () => {
    const { http, llavero, urgent, others } = await scene();
    http.fail('Unsent', 'ECONNREFUSED');
    await llavero.token(centryKey).catch(() => undefined);
    expect({ urgent, others }).toEqual({ urgent: ['end', 'note'], others: ['begin'] });
  });

  it('is given with what a limit of the provider says of the client', async () => {
    const { http, llavero, urgent, others } = await scene();
    http.answer({ status: 429, headers: { 'Retry-After': '60' } });
    await llavero.token(centryKey).catch(() => undefined);
    expect({ urgent, others }).toEqual({ urgent: ['note', 'end'], others: ['begin'] });
  });
});
