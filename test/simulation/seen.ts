import { applicationOf } from './sim-provider.js';
import type { Outage, World } from './world.js';

/** How often a run came to what the protocol is for. */
export interface Seen {
  readonly requests: number;
  readonly commits: number;
  readonly recoveries: number;
  /** Answers that came too late: somebody else's token had been committed, or the account was gone. */
  readonly discarded: number;
  /** Processes that died. */
  readonly deaths: number;
  /** Renewals of which nobody knew whether they had been processed. */
  readonly unknown: number;
  readonly refused: number;
  /** Outages that an account's request met, and that the account survived: the provider issued to it afterwards. */
  readonly outages: number;
  /** Refresh tokens that were sent with the credentials of another application than their own. */
  readonly swaps: number;
  /** Requests whose client was refused. */
  readonly wrongClients: number;
  /** Dead refresh tokens that the provider refused under another name than `invalid_grant`. */
  readonly noVerdicts: number;
}

/** A run in which nothing happened. */
export const nothingSeen: Seen = {
  requests: 0,
  commits: 0,
  recoveries: 0,
  discarded: 0,
  deaths: 0,
  unknown: 0,
  refused: 0,
  outages: 0,
  swaps: 0,
  wrongClients: 0,
  noVerdicts: 0,
};

/** What was seen in both. */
export const together = (one: Seen, other: Seen): Seen => ({
  requests: one.requests + other.requests,
  commits: one.commits + other.commits,
  recoveries: one.recoveries + other.recoveries,
  discarded: one.discarded + other.discarded,
  deaths: one.deaths + other.deaths,
  unknown: one.unknown + other.unknown,
  refused: one.refused + other.refused,
  outages: one.outages + other.outages,
  swaps: one.swaps + other.swaps,
  wrongClients: one.wrongClients + other.wrongClients,
  noVerdicts: one.noVerdicts + other.noVerdicts,
});

/** What was seen in the run of a world that has come to rest. */
export const seenIn = ({ ledger: { requests, commits }, events, deaths, outages, oracle, plan }: World): Seen => {
  const isSurvived = ({ beganMs, endedMs }: Outage): boolean =>
    requests.some(
      ({ key, leftMs }) =>
        leftMs >= beganMs &&
        leftMs < endedMs &&
        requests.some((later) => later.key === key && later.leftMs >= endedMs && later.heard === 'issued'),
    );
  const isSwapped = (secret: string, client: string): boolean => oracle.applicationOf(secret) !== applicationOf(client);
  return {
    requests: requests.length,
    commits: commits(),
    recoveries: events.filter((event) => event.type === 'renewal_started' && event.recovery).length,
    discarded: events.filter(({ type }) => type === 'token_discarded').length,
    deaths: deaths(),
    unknown: requests.filter(({ heard }) => heard === 'silent' || heard === 'unknown').length,
    refused: requests.filter(({ heard }) => heard === 'refused').length,
    outages: outages.filter(isSurvived).length,
    swaps: requests.filter(({ kind, secret, client }) => kind === 'renewal' && isSwapped(secret, client)).length,
    wrongClients: requests.filter(({ heard }) => heard === 'wrong-client').length,
    noVerdicts: plan.rules.verdict === 'invalid_grant' ? 0 : oracle.refusals(),
  };
};
