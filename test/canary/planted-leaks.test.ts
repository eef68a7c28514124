import { describe, expect, it } from 'vitest';
import { plantedLeaks } from './planted-leaks.js';
import { onStage } from './stage.js';

describe('a planted leak is found', () => {
  it.each(plantedLeaks)('$title, as $form', async ({ secret, form, sinks, play }) => {
    const { findings } = await onStage('centry', play);
    const found = findings.leaks.filter((leak) => leak.secret === secret && leak.form === form);
    const shown = new Set(found.map(({ sink }) => sink));
    expect(sinks.filter((sink) => !shown.has(sink))).toEqual([]);
  });

  it('and an argument in a stack by nothing that shows no stack', async () => {
    const leak = plantedLeaks.find(({ title }) => title === 'an argument in a stack');
    const { findings } = await onStage('centry', leak?.play ?? (() => Promise.reject(new Error('no such leak'))));
    const shown = new Set(findings.leaks.map(({ sink }) => sink));
    expect(['message', 'JSON.stringify'].filter((sink) => shown.has(sink))).toEqual([]);
  });
});
