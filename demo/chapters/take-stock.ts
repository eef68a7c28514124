import type { AccountRow } from '../messages.js';
import { accounts, type Stage } from '../stage.js';

/** What one run leaves behind. */
export interface Stock {
  /** How many different refresh tokens the stand-ins were sent, and how often the most frequent of them. */
  readonly refreshTokens: { readonly sent: number; readonly mostUses: number };
  readonly accounts: readonly AccountRow[];
}

/** Counts the refresh tokens that were sent, and tells how each account stands. */
export const takeStock = async (stage: Stage): Promise<Stock> => {
  const { narrator, standIns } = stage;
  narrator.title('What is left');
  const counted = Object.values(await standIns.call('count', undefined));
  const sent = counted.reduce((sum, { refreshTokens }) => sum + refreshTokens, 0);
  const mostUses = Math.max(...counted.map((one) => one.mostUses));
  narrator.claim(
    `${sent} refresh tokens were sent, each ${mostUses === 1 ? 'once' : `up to ${mostUses} times`}`,
    mostUses === 1,
  );
  const rows = await accounts(stage);
  narrator.table(rows);
  return { refreshTokens: { sent, mostUses }, accounts: rows };
};
