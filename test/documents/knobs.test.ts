import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../src/adapters/providers/define/define-provider.js';
import { codeRows, documentAt } from './documents.js';

/** The knobs as the complaint about an unknown one lists them. */
const knobs = (): readonly string[] => {
  try {
    Reflect.apply(defineProvider, undefined, [{ noKnob: true }]);
  } catch (error) {
    const [, list = ''] = /the knobs are (.*)$/.exec(String(error)) ?? [];
    return list.split(/, | and /);
  }
  return [];
};

describe('the guide to defineProvider', () => {
  it('lists every knob', () => {
    expect(knobs().length).toBeGreaterThan(20);
    expect([...codeRows(documentAt('docs/your-provider.md')).keys()]).toEqual(knobs());
  });
});
