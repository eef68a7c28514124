import { describe, expect, it } from 'vitest';
import {
  claimProbe,
  claimRejected,
  forgetPauses,
  formatClientHealth,
  healthy,
  leftOf,
  noteAnswer,
  noteFailure,
  noteLimit,
  noteRejected,
  noteSuccess,
  noteUndecided,
  parseClientHealth,
  takeSlot,
  type SlotRequest,
  type ClientHealth,
} from '../../src/domain/client-health.js';
import { defaultRefreshPolicy as policy } from '../../src/domain/refresh-policy.js';
import { now } from './protocol-fixtures.js';

const hourMs = 3_600_000;

const failed = (health: ClientHealth, key: string, members: { nowMs?: number; retryAfterMs?: number } = {}) => {
  const nowMs = members.nowMs ?? now;
  return noteFailure(health, { key, nowMs, askedAtMs: nowMs, probing: false, ...members }, policy);
};

/** A pause that began now. */
const paused = ['shop/1', 'shop/2', 'shop/3'].reduce((health, key) => failed(health, key), healthy);

describe('a client whose accounts fail', () => {
  it('pauses when three accounts in a row have failed, and not because one fails again and again', () => {
    let health: ClientHealth = healthy;
    for (let times = 0; times < 9; times += 1) health = failed(health, 'shop/1');
    expect(health.pause).toBeUndefined();
    health = failed(health, 'shop/2');
    expect(health.pause).toBeUndefined();
    expect(failed(health, 'shop/3').pause).toEqual({ at: now, forMs: 1_000, stepMs: 1_000 });
  });

  it('does not pause when one of them succeeds in between', () => {
    const between = noteSuccess(failed(failed(healthy, 'shop/1'), 'shop/2'), now, now);
    expect(between).toMatchObject({ epoch: 1, failures: 0 });
    expect(failed(between, 'shop/3').pause).toBeUndefined();
  });

  it('pauses as long as the provider asked', () => {
    const two = failed(failed(healthy, 'shop/1'), 'shop/2');
    expect(failed(two, 'shop/3', { retryAfterMs: 90_000 }).pause).toMatchObject({ forMs: 90_000, stepMs: 1_000 });
  });

  it('hears nothing new from whoever was under way when the pause began', () => {
    expect(failed(paused, 'shop/9', { nowMs: now + 500 })).toBe(paused);
  });
});

describe('at the end of a pause', () => {
  it('one account asks, and the others pause until its answer is here', () => {
    expect(claimProbe(paused, now + 999, policy)).toBeUndefined();
    const probing = claimProbe(paused, now + 1_000, policy);
    expect(leftOf(probing?.pause, now + 1_000)).toBe(policy.requestTimeoutMs);
    expect(claimProbe(probing ?? healthy, now + 1_000, policy)).toBeUndefined();
  });

  it('a failure doubles it up to the longest cool-down, counted from when the request was begun', () => {
    let health = paused;
    const lengths: number[] = [];
    for (let nowMs = now + 1_000, times = 0; times < 8; times += 1) {
      health = claimProbe(health, nowMs, policy) ?? healthy;
      health = noteFailure(health, { key: 'shop/1', nowMs: nowMs + 300, askedAtMs: nowMs, probing: true }, policy);
      expect(health.pause?.at).toBe(nowMs);
      lengths.push(health.pause?.forMs ?? 0);
      nowMs += health.pause?.forMs ?? 0;
    }
    expect(lengths).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('a success ends everybody’s pause, and they follow one after the other', () => {
    const well = noteSuccess(paused, now + 1_100, now);
    expect(well.pause).toBeUndefined();
    expect(well.epoch).toBe(1);
    expect(leftOf(well.pacing, now + 1_100)).toBe(60_000);
  });

  it('an answer from before its client was refused ends it too, and does not lift the refusal', () => {
    const refused = noteRejected({ ...paused, epoch: 4 }, now);
    const late = noteSuccess(refused, now + 200_000, now - 1);
    expect(late).toMatchObject({ epoch: 4, failures: 0, rejectedAt: now });
    expect(late.pause).toBeUndefined();
    expect(noteSuccess(refused, now + 200_000, now).rejectedAt).toBeUndefined();
  });

  it('an answer without a token ends it too, and tells nothing of the client', () => {
    const answered = noteAnswer(noteRejected({ ...paused, epoch: 4 }, now), now + 1_100);
    expect(answered).toMatchObject({ epoch: 4, failures: 0, rejectedAt: now });
    expect(answered.pause).toBeUndefined();
    expect(leftOf(answered.pacing, now + 1_100)).toBe(60_000);
    expect(noteAnswer(healthy, now)).toBe(healthy);
  });
});

describe('slots', () => {
  const pacing = noteSuccess(paused, now, now);

  const asked = (key: string, nowMs = now): SlotRequest => ({ key, nowMs, spacingMs: 20, mostMs: 15_000 });

  it('follow each other, and keep the pacing up while anybody has to wait for one', () => {
    const first = takeSlot(pacing, asked('a'));
    const second = takeSlot(first.health, asked('b', now + 5));
    expect([first.waitMs, second.waitMs]).toEqual([0, 15]);
    expect(second.health.pacing?.at).toBe(now + 5);
  });

  it('are one an account: whoever asks for it again waits for the same one, until it has come', () => {
    const first = takeSlot(pacing, asked('a'));
    const second = takeSlot(first.health, asked('b'));
    const again = takeSlot(second.health, asked('b', now + 5));
    expect([second.waitMs, again.waitMs]).toEqual([20, 15]);
    expect(again.health).toBe(second.health);
    expect(takeSlot(again.health, { ...asked('b', now + 5), mostMs: 14 })).toEqual({
      health: again.health,
      waitMs: 15,
    });
    expect(takeSlot(again.health, asked('c', now + 5)).waitMs).toBe(35);
    expect(takeSlot(again.health, asked('b', now + 20)).waitMs).toBe(20);
  });

  it('are remembered by account as long as they are ahead, and no more than 256 of them', () => {
    const many = Array.from({ length: 300 }, (_, at) => String(at)).reduce(
      (health, key) => takeSlot(health, asked(key)).health,
      pacing,
    );
    expect(many.taken).toHaveLength(256);
    // The first had no wait, and is not ahead.
    expect(takeSlot(many, asked('256')).waitMs).toBe(256 * 20);
    expect(takeSlot(many, asked('257')).waitMs).toBe(300 * 20);
    expect(takeSlot(many, asked('new', now + 10_000)).health.taken).toEqual([
      { key: 'new', at: now + 10_000, forMs: 0 },
    ]);
  });

  it('are not taken further ahead than their caller waits', () => {
    const ahead = { ...pacing, nextSlot: { at: now, forMs: 16_000 } };
    expect(takeSlot(ahead, asked('a'))).toEqual({ health: ahead, waitMs: 16_000 });
  });

  it.each([2, 50, 59, 60, 120])('dated by a clock that was set back by %i minutes are forgotten', (minutes) => {
    const taken = ['a', 'b', 'c'].reduce((health, key) => takeSlot(health, asked(key)).health, pacing);
    const nowMs = now - minutes * 60_000;
    expect(['b', 'd'].map((key) => takeSlot(taken, asked(key, nowMs)).waitMs)).toEqual([0, 0]);
  });

  it('come no later by a clock that was set back by less than hosts disagree', () => {
    const taken = ['a', 'b', 'c'].reduce((health, key) => takeSlot(health, asked(key)).health, pacing);
    const nowMs = now - 59_000;
    expect(['b', 'd'].map((key) => takeSlot(taken, asked(key, nowMs)).waitMs)).toEqual([20, 60]);
  });
});

describe('a limit of the client', () => {
  it('lasts as long as the longer of two', () => {
    const limited = noteLimit(noteLimit(healthy, now, 30_000), now, 5_000);
    expect(leftOf(limited.limit, now)).toBe(30_000);
  });

  it('outlasts a success', () => {
    expect(noteSuccess(noteLimit(paused, now, 30_000), now, now).limit).toEqual({ at: now, forMs: 30_000 });
  });

  it('is followed by pacing, which neither a success nor a slot cuts short before a minute after its end', () => {
    const limited = noteLimit(paused, now, 30_000);
    for (const health of [
      limited,
      noteSuccess(limited, now, now),
      takeSlot(
        { ...limited, nextSlot: { at: now, forMs: 5 } },
        { key: 'shop/1', nowMs: now, spacingMs: 20, mostMs: 50 },
      ).health,
    ]) {
      expect([leftOf(health.pacing, now), leftOf(health.pacing, now + 89_999)]).toEqual([90_000, 1]);
    }
    const later = takeSlot(
      { ...limited, nextSlot: { at: now + 80_000, forMs: 5 } },
      { key: 'shop/1', nowMs: now + 80_000, spacingMs: 20, mostMs: 50 },
    ).health;
    expect(leftOf(later.pacing, now + 80_000)).toBe(60_000);
  });
});

describe('a refused client', () => {
  it('is asked about once an hour by one account', () => {
    const refused = noteRejected(healthy, now);
    expect(claimRejected(refused, now + hourMs - 1, now)).toBeUndefined();
    const asked = claimRejected(refused, now + hourMs, now);
    expect(asked?.rejectedAt).toBe(now + hourMs);
    expect(claimRejected(asked ?? healthy, now + hourMs, now)).toBeUndefined();
    expect(noteRejected(asked ?? healthy, now + hourMs + 5)).toEqual(asked);
  });

  it('is not asked about by an account that was refused itself within the hour', () => {
    const refused = noteRejected(healthy, now);
    expect(claimRejected(refused, now + hourMs, now + hourMs - 3_000)).toBeUndefined();
    expect(claimRejected(refused, now + hourMs, now)?.rejectedAt).toBe(now + hourMs);
  });

  it('is asked about an hour after an account was refused, where the note of it was lost', () => {
    expect(claimRejected(healthy, now + hourMs - 1, now)).toBeUndefined();
    expect(claimRejected(healthy, now + hourMs, now)?.rejectedAt).toBe(now + hourMs);
  });

  it('may be asked about by another account at once, when the one that asked learned nothing of it', () => {
    const asked = claimRejected(noteRejected(healthy, now), now + hourMs, now) ?? healthy;
    expect(claimRejected(asked, now + hourMs + 5, now)).toBeUndefined();
    const undecided = noteUndecided(asked, now + hourMs + 5);
    expect(claimRejected(undecided, now + hourMs + 5, now)?.rejectedAt).toBe(now + hourMs + 5);
    expect(noteRejected(undecided, now + hourMs + 5).rejectedAt).toBe(now + hourMs + 5);
    expect(noteUndecided(healthy, now)).toBe(healthy);
  });

  it('is refused no longer once any account had a token', () => {
    expect(noteSuccess(noteRejected(healthy, now), now, now)).toMatchObject({ epoch: 1 });
    expect(noteSuccess(noteRejected(healthy, now), now, now).rejectedAt).toBeUndefined();
  });
});

describe('a stretch of time', () => {
  it('does not grow when the clock is set back, and is over when it lies in a future that never was', () => {
    expect(leftOf({ at: now, forMs: 5_000 }, now - 30_000)).toBe(5_000);
    expect(leftOf({ at: now, forMs: 5_000 }, now - hourMs)).toBe(0);
    expect(leftOf({ at: now, forMs: 5_000 }, now + 5_000)).toBe(0);
    expect(leftOf(undefined, now)).toBe(0);
  });
});

describe('the note', () => {
  it('says all of it', () => {
    const full: ClientHealth = {
      ...noteRejected(noteLimit(paused, now, 5_000), now),
      pacing: { at: now, forMs: 60_000 },
      nextSlot: { at: now, forMs: 40 },
      taken: [{ key: 'tray/1', at: now, forMs: 20 }],
    };
    expect(parseClientHealth(formatClientHealth(full))).toEqual(full);
  });

  it.each([
    undefined,
    '',
    'rest',
    '[]',
    'null',
    '{"epoch":"1","pause":{"at":1}}',
    '{"failures":null,"limit":7}',
    '{"taken":[7,{"key":"a","at":1}],"nextSlot":7}',
  ])('that cannot be read (%j) is as if nothing were known', (text) => {
    expect(parseClientHealth(text)).toMatchObject({ epoch: 0, failures: 0 });
    expect(leftOf(parseClientHealth(text).pause, now)).toBe(0);
  });

  it('keeps the count of recoveries when an operator forgets the pauses', () => {
    const { pacing, ...forgotten } = forgetPauses(noteLimit({ ...paused, epoch: 4 }, now, 5_000));
    expect(forgotten).toEqual({ epoch: 5, failures: 0 });
    expect(leftOf(pacing, now)).toBe(65_000);
  });
});
