import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { asTable, isMet } from './measuring/findings.mjs';
import { startProcess } from './measuring/processes.mjs';
import { installPeers } from './install-peers.mjs';
import { sections } from './sections.mjs';

const results = fileURLToPath(new URL('results.json', import.meta.url));

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const quick = process.argv.includes('--quick');
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

/** @param {import('./sections.mjs').Part} part */
const measure = async ({ script, flags = [], size, quickSize }) => {
  const child = startProcess(new URL('section-process.mjs', import.meta.url), ['--expose-gc', ...flags]);
  try {
    /** @type {readonly import('./measuring/findings.mjs').Finding[]} */
    const findings = await child.ask('measure', script, quick ? { ...size, ...quickSize } : size);
    return findings;
  } finally {
    await child.stop();
  }
};

installPeers();
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, node ${process.version}`;
const startedAt = new Date();
/** @type {(import('./measuring/findings.mjs').Section & { name: string, load: readonly number[] })[]} */
const measured = [];
console.log(
  `${machine}, load ${loadavg()[0]?.toFixed(1)}${quick ? '; quick: too small a sample to mean anything' : ''}\n`,
);
for (const { name, title, about, parts } of sections) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const findings = [];
  for (const part of parts) findings.push(...(await measure(part)));
  measured.push({ name, title, about, findings, load: loadavg() });
  console.log(asTable({ title, about, findings }));
}

const verdicts = measured.flatMap(({ findings }) => findings.map(isMet)).filter((verdict) => verdict !== undefined);
const missed = verdicts.filter((verdict) => !verdict).length;
writeFileSync(
  results,
  `${JSON.stringify({ startedAt, machine, quick, targets: verdicts.length, missed, sections: measured }, undefined, 2)}\n`,
);
console.log(
  `${verdicts.length - missed} of ${verdicts.length} targets met, load ${loadavg()[0]?.toFixed(1)} at the end. As JSON: bench/results.json`,
);
