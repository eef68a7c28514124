import { visit } from '../browser.js';
import { keyOf, type Stage } from '../stage.js';

/** An authorization as a browser went through it. `replayed` is what the same callback got when it was loaded again. */
export interface Connection {
  readonly key: string;
  readonly steps: readonly string[];
  readonly answer: string;
  readonly replayed: string;
}

/** A merchant connects Centry, then Tray: from the backend's page to the provider and back to the callback. */
export const connectAccounts = async ({ narrator, worker }: Stage): Promise<readonly Connection[]> => {
  const connections: Connection[] = [];
  for (const provider of ['centry', 'tray'] as const) {
    narrator.title(`A browser connects ${keyOf(provider)}`);
    const start = new URL(`http://127.0.0.1:${worker.announcement.port}/connect/${provider}`);
    const { steps, address, page: answer } = await visit(start);
    for (const step of steps) narrator.say(step);
    narrator.say(`  ${answer}`);
    const { page: replayed } = await visit(address);
    narrator.claim(
      `a callback works once; loaded again it is ${replayed}`,
      answer.startsWith(`${keyOf(provider)} is connected`) && replayed === 'refused, ERR_STATE_MISMATCH',
    );
    connections.push({ key: keyOf(provider), steps, answer, replayed });
  }
  return connections;
};

/** CitrusAd needs no person: its client is registered, and nothing is sent yet. */
export const registerCitrusAd = async ({ narrator, standIns, worker }: Stage): Promise<void> => {
  narrator.title(`${keyOf('citrusad')} needs no browser: its client is registered`);
  const { clientId, clientSecret, baseUrl } = standIns.announcement.citrusAd;
  const client = { clientId, clientSecret, baseUrl };
  const { key, state, generation } = await worker.call('register', {
    provider: 'citrusad',
    account: 'demo',
    ...client,
  });
  narrator.say(`${key} is ${state}, generation ${generation}: nothing was sent yet`);
};
