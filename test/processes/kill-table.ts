import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Campaign } from './kill-campaign.js';
import { killPoints, modes, type KillPoint, type Mode } from './kill-points.js';

/** What became of the accounts that one point took, in one mode. */
interface TableEntry {
  readonly flow: KillPoint['flow'];
  readonly point: string;
  readonly mode: Mode;
  readonly kills: number;
  /** How often by the provider's count it rotated and the answer was not committed. */
  readonly insideTheWindow: number;
  readonly fates: Readonly<Record<string, number>>;
}

const path = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/llavero-kill-table.json');

const entriesOf = (campaigns: ReadonlyMap<Mode, Campaign>): readonly TableEntry[] =>
  killPoints.flatMap((point) =>
    modes.map((mode) => {
      const endings = (campaigns.get(mode)?.endings ?? []).filter(({ story }) => story.point === point);
      const fates = new Map<string, number>();
      for (const { fate } of endings) fates.set(fate, (fates.get(fate) ?? 0) + 1);
      return {
        flow: point.flow,
        point: point.name,
        mode,
        kills: endings.length,
        insideTheWindow: endings.filter(({ inWindow }) => inWindow).length,
        fates: Object.fromEntries(fates),
      };
    }),
  );

const cell = ({ fates }: TableEntry): string =>
  Object.entries(fates)
    .map(([fate, times]) => `${times} ${fate}`)
    .join(', ');

const row = (cells: readonly string[]): string => {
  const [name = '', ...fates] = cells;
  return `${name.padEnd(90)} ${fates.map((fate) => fate.padEnd(18)).join(' ')}`.trimEnd();
};

/** The table as text, and as JSON where nobody commits it: point by mode, and what became of the accounts. */
export const publishKillTable = async (campaigns: ReadonlyMap<Mode, Campaign>): Promise<string> => {
  const entries = entriesOf(campaigns);
  const processes = [...campaigns.values()].reduce((sum, { deaths }) => sum + deaths, 0);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ processes, entries }, undefined, 2)}\n`);
  const rows = killPoints.map((point) => {
    const cells = entries.filter(({ flow, point: name }) => flow === point.flow && name === point.name).map(cell);
    return row([`${point.flow} killed ${point.name}`, ...cells]);
  });
  const kills = entries.reduce((sum, entry) => sum + entry.kills, 0);
  const total = `${kills} accounts at their points, ${processes} processes killed by SIGKILL`;
  return ['', row(['', ...modes]), ...rows, total, ''].join('\n');
};
