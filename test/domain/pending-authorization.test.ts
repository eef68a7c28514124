import { describe, expect, it } from 'vitest';
import {
  closePending,
  completePending,
  isCommittedBy,
  judgePending,
  reopenPending,
  takePending,
  type Delivery,
  type PendingAuthorization,
  type PendingTimes,
} from '../../src/domain/pending-authorization.js';

const now = 1_800_000_000_000;
const at = (nowMs: number): PendingTimes => ({ nowMs, deliveryNowMs: nowMs, deliveryMs: 40_000 });
const open: PendingAuthorization = {
  id: 'id',
  key: 'centry/acme',
  incarnation: 'one',
  expiresAt: now + 600_000,
  sealed: 'lv1.k.text',
};
const delivery: Delivery = { id: 'first', endsAt: now + 40_000, completed: false };
const other: Delivery = { ...delivery, id: 'second' };
const taken: PendingAuthorization = { ...open, delivery };
const completed: PendingAuthorization = { ...open, delivery: { ...delivery, completed: true } };

describe('a pending authorization', () => {
  it.each([
    ['is unknown when it is not there', undefined, now, 'Unknown'],
    ['is open until it is taken', open, now, 'Open'],
    ['is open up to its end', open, now + 599_999, 'Open'],
    ['is unknown from its end on', open, now + 600_000, 'Unknown'],
    ['is under way while its delivery may be sending', taken, now + 39_999, 'UnderWay'],
    ['is abandoned when its delivery never said what came of it', taken, now + 40_000, 'Abandoned'],
    ['is completed when its token is committed, however long ago', completed, now + 599_999, 'Completed'],
    ['is unknown from its end on, completed or not', completed, now + 600_000, 'Unknown'],
  ])('%s', (_title, current, nowMs, found) => {
    expect(judgePending(current, at(nowMs))._tag).toBe(found);
  });

  it('says how long its delivery may take yet', () => {
    expect(judgePending(taken, at(now + 10_000))).toEqual({ _tag: 'UnderWay', pending: taken, endsInMs: 30_000 });
  });

  it('is abandoned when its delivery ends later than any can, and under way for no longer than one lasts', () => {
    expect(judgePending(taken, at(now - 60_001))._tag).toBe('Abandoned');
    expect(judgePending(taken, at(now - 60_000))).toMatchObject({ _tag: 'UnderWay', endsInMs: 40_000 });
  });

  it('is judged apart from its delivery', () => {
    const times = { ...at(now + 1_000), deliveryNowMs: now + 40_000 };
    expect(judgePending(taken, times)._tag).toBe('Abandoned');
    expect(judgePending(taken, { ...at(now + 600_000), deliveryNowMs: now })._tag).toBe('Unknown');
  });
});

describe('takePending', () => {
  it('gives an open flow to the delivery that asks, and remembers which', () => {
    expect(takePending(open, at(now), delivery)).toEqual({ pending: taken, result: { _tag: 'Taken' } });
  });

  it.each([
    ['under way', taken, now],
    ['abandoned', taken, now + 100_000],
    ['completed', completed, now],
    ['expired', open, now + 600_000],
    ['unknown', undefined, now],
  ])('gives nobody one that is %s, and writes nothing', (_name, current, nowMs) => {
    const change = takePending(current, at(nowMs), other);
    expect(change.pending).toBe(current);
    expect(change.result).toEqual(judgePending(current, at(nowMs)));
  });
});

describe('a delivery that has a flow already', () => {
  it('is given it again, without a write, until it has said what came of it', () => {
    expect(takePending(taken, at(now), delivery)).toEqual({ pending: taken, result: { _tag: 'Taken' } });
    expect(takePending(completed, at(now), delivery).result._tag).toBe('Completed');
  });
});

describe('what became of a delivery', () => {
  it('opens the flow again, with nothing of it left, when the code was not processed', () => {
    expect(reopenPending(taken, 'first').pending).toEqual(open);
    expect(takePending(reopenPending(taken, 'first').pending, at(now), other).result).toEqual({ _tag: 'Taken' });
  });

  it('is remembered when it succeeded', () => {
    expect(completePending(taken, 'first').pending).toEqual(completed);
  });

  it('closes the flow when the code is or may be spent', () => {
    expect(closePending(taken, 'first').pending).toBeUndefined();
  });

  it('is for its own delivery to say, and for no other', () => {
    for (const say of [reopenPending, completePending, closePending]) {
      expect(say(taken, 'second').pending).toBe(taken);
      expect(say(undefined, 'second').pending).toBeUndefined();
      expect(say(open, 'second').pending).toBe(open);
    }
  });

  it('does not open a completed flow again', () => {
    expect(reopenPending(completed, 'first').pending).toBe(completed);
  });

  it('closes a flow that was refused while it was open, and not one that was taken meanwhile', () => {
    expect(closePending(open, undefined).pending).toBeUndefined();
    expect(closePending(taken, undefined).pending).toBe(taken);
  });
});

describe('isCommittedBy', () => {
  it('knows the authorization of its own delivery by its name', () => {
    expect(isCommittedBy(`${now}.first`, taken)).toBe(true);
    for (const authorization of [undefined, '', `${now}.second`, `${now}.the first`, `${now}.first.`, 'first']) {
      expect(isCommittedBy(authorization, taken)).toBe(false);
    }
    expect(isCommittedBy(`${now}.undefined`, open)).toBe(false);
  });
});
