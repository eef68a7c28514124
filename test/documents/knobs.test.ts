import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../src/adapters/providers/define/define-provider.js';
import { codeRows, documentAt } from './documents.js';

/** The settings as the complaint about an unknown one lists them. */
const settings = (): readonly string[] => {
  try {
    Reflect.apply(defineProvider, undefined, [{ noSetting: true }]);
  } catch (error) {
    const [, list = ''] = /the settings are (.*)$/.exec(String(error)) ?? [];
    return list.split(/, | and /);
  }
  return [];
};

describe('the guide to defineProvider', () => {
  it('lists every setting', () => {
    expect(settings().length).toBeGreaterThan(20);
    expect([...codeRows(documentAt('docs/your-provider.md')).keys()]).toEqual(settings());
  });
});
