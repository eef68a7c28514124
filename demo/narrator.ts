import type { AccountRow } from './messages.js';

/** Something llavero claims, and whether this run bore it out. */
export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
}

/** Tells a person what is going on while it goes on. */
export interface Narrator {
  readonly title: (text: string) => void;
  readonly say: (text: string) => void;
  /** States a claim beside what was seen. */
  readonly claim: (claim: string, holds: boolean) => void;
  readonly claims: readonly Claim[];
  readonly table: (accounts: readonly AccountRow[]) => void;
  /** A line as it is, without a time: to copy it. */
  readonly verbatim: (text: string) => void;
  readonly elapsedMs: () => number;
}

/** Writes one line at a time to a stream, each after the seconds since the start. */
export const makeNarrator = (stream: NodeJS.WritableStream): Narrator => {
  const startedAt = performance.now();
  const claims: Claim[] = [];
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  const verbatim = (text: string): void => {
    stream.write(`${text}\n`);
  };
  const say = (text: string): void => verbatim(`${(elapsedMs() / 1000).toFixed(1).padStart(6)} s  ${text}`);
  return {
    title: (text) => verbatim(`\n${text}`),
    say,
    claim: (claim, holds) => {
      claims.push({ claim, holds });
      say(`${holds ? 'ok:' : 'NOT SO:'} ${claim}`);
    },
    claims,
    table: (accounts) => {
      const rows = [
        ['key', 'state', 'generation', 'expiry', 'refresh expiry'],
        ...accounts.map(({ key, state, generation, accessTokenExpiresAt, refreshTokenExpiresAt }) => [
          key,
          state,
          String(generation),
          moment(accessTokenExpiresAt),
          moment(refreshTokenExpiresAt),
        ]),
      ];
      const widths = rows.reduce<readonly number[]>(
        (known, row) => row.map((cell, at) => Math.max(known[at] ?? 0, cell.length)),
        [],
      );
      for (const row of rows) verbatim(`  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
    },
    verbatim,
    elapsedMs,
  };
};

const moment = (date: Date | undefined): string =>
  date === undefined ? '-' : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
