import { isLeft } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { AddressRules } from '../../../src/domain/address-rules.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  codeOf,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';

/** The paths of all numbers in a value that are not whole. */
const fractionsIn = (value: unknown, path = 'record'): readonly string[] => {
  if (typeof value === 'number') return Number.isInteger(value) ? [] : [`${path}: ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => fractionsIn(part, `${path}.${name}`));
};

describe('the times of a record', () => {
  it.each<readonly [string, ScriptedReply]>([
    ['an unknown outcome', { _tag: 'Unknown', why: 'ETIMEDOUT' }],
    ['a request that was not processed', { status: 503 }],
    ['a 429', { status: 429, headers: { 'retry-after': '7' } }],
    ['a refusal', { status: 400, json: { error: 'invalid_grant' } }],
  ])('are whole milliseconds after %s, however the monotonic clock counts', async (_case, reply) => {
    const { llavero, clock, http, store } = await authorizedCentry({ fraction: 0.37 });
    await clock.advance(centryLifeMs + 0.3);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey, { patienceMs: minuteMs }));
    await held.arrived;
    await clock.advance(20 * secondMs + 0.4);
    held.release(reply);
    await renewing;
    const record = await store.read(centryKey)();
    if (isLeft(record)) throw new Error('the store failed');
    expect(record.right?.failure).toBeDefined();
    expect(fractionsIn(record.right)).toEqual([]);
  });

  it('are whole milliseconds where a grace of odd length shortens the attempt', async () => {
    const preset = centryPreset();
    const rotation = { graceMs: 30_001 };
    const brief = { id: preset.id, configure: (rules: AddressRules) => ({ ...preset.configure(rules), rotation }) };
    const { llavero, clock, http, store } = await authorizedCentry({ providers: [brief] });
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey));
    await held.arrived;
    const record = await store.read(centryKey)();
    if (isLeft(record)) throw new Error('the store failed');
    expect(record.right?.attempt).toBeDefined();
    expect(fractionsIn(record.right)).toEqual([]);
    held.release({ status: 503 });
    await renewing;
  });
});
