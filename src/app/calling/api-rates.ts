import type { CountedRate } from '../../ports/rate-limiter.js';
import type { ApiAccess } from './api-access.js';

/** Of one registration: under another the same key may be another account of the provider's. */
export const accountName = ({ key, incarnation }: ApiAccess): string => `account ${key} ${incarnation}`;

const clientName = ({ provider, client }: ApiAccess): string => `client ${provider.id}/${client}`;

/** What the provider documents, for this account: of its own, and of the client that it shares with others. */
export const apiRates = (access: ApiAccess): readonly CountedRate[] => {
  const { provider } = access;
  return [
    { name: accountName(access), rate: provider.accountRequestRate },
    { name: clientName(access), rate: provider.requestRate },
  ].flatMap(({ name, rate }) => (rate === undefined ? [] : [{ name, rate }]));
};

/**
 * Who cools down after a 429, and how long: the account for all of it; its client, where the provider counts clients, for no longer
 * than the window that it counts in, because nobody says which of the two was meant.
 */
export const coolDownsAfter = (
  access: ApiAccess,
  ms: number,
): readonly { readonly name: string; readonly ms: number }[] => {
  const { provider } = access;
  const account = { name: accountName(access), ms };
  if (provider.requestRate === undefined) return [account];
  return [account, { name: clientName(access), ms: Math.min(ms, provider.requestRate.perMs) }];
};
