import { describe, expect, it } from 'vitest';
import { findPhrase } from './find-phrase.js';

const found = (text: string, phrase: string): readonly string[] => findPhrase({ path: 'a.ts', text }, phrase);

describe('findPhrase', () => {
  it('finds a phrase whatever the space in it, and says where', () => {
    expect(found('const a = 1;\nconst b = Date\n  .now();', 'Date.now')).toEqual(['a.ts:2']);
    expect(found('new Date( )', 'new Date()')).toEqual(['a.ts:1']);
    expect(found('secret?.expose();', '.expose')).toEqual(['a.ts:1']);
    expect(found('`${secret.expose()}`', '.expose')).toEqual(['a.ts:1']);
  });

  it.each([
    ["'Date.now'", 'Date.now'],
    ['// Date.now()', 'Date.now'],
    ['/** {@link Date.now} */', 'Date.now'],
    ['`Date.now`', 'Date.now'],
    ['new Date(0)', 'new Date()'],
    ['my.Date.now()', 'Date.now'],
    ['MyDate.now()', 'Date.now'],
  ])('finds nothing in %j', (text, phrase) => {
    expect(found(text, phrase)).toEqual([]);
  });
});
