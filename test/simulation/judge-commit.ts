import type { AccountRecord } from '../../src/domain/account-record.js';
import type { SentRequest, StoredTokens } from './ledger.js';
import type { ProviderOracle } from './provider-oracle.js';

export interface CommitJudgeDeps {
  readonly oracle: ProviderOracle;
  readonly requests: readonly SentRequest[];
  readonly tokensOf: (record: AccountRecord) => StoredTokens;
  /** The fingerprint of the application that a client secret belongs to. */
  readonly applicationOf: (clientSecret: string) => string;
  /** When a code was granted. */
  readonly grantedMs: (code: string) => number;
}

/** I4: what is wrong with a token that was just put in another one's place. */
export const judgeCommit = (before: AccountRecord, after: AccountRecord, deps: CommitJudgeDeps): readonly string[] => {
  const { oracle, requests, tokensOf, applicationOf, grantedMs } = deps;
  const wrong: string[] = [];
  const was = tokensOf(before);
  const is = tokensOf(after);
  const serialOf = (token: string): number => oracle.serialOf(token) ?? Infinity;

  /** The requests whose answer brought this pair. */
  const bringersOf = ({ accessToken, refreshToken }: StoredTokens): readonly SentRequest[] =>
    requests.filter(({ pair, isUnusable }) =>
      isUnusable ? pair?.refreshToken === refreshToken : pair !== undefined && pair.accessToken === accessToken,
    );

  /** Whether one token is older than another of the same authorization. */
  const isOlder = (): boolean => {
    if (is.refreshToken === undefined || was.refreshToken === undefined) return false;
    if (oracle.familyOf(is.refreshToken) !== oracle.familyOf(was.refreshToken)) return false;
    const refreshed = serialOf(is.refreshToken) - serialOf(was.refreshToken);
    if (refreshed !== 0 || is.accessToken === undefined || was.accessToken === undefined) return refreshed < 0;
    return serialOf(is.accessToken) < serialOf(was.accessToken);
  };

  /** The answers to two requests that spent the same and were under way at once: nobody can know which was processed first. */
  const wereTogether = (): boolean => {
    const others = bringersOf(was);
    return bringersOf(is).some((one) =>
      others.some(
        (other) =>
          one.secret === other.secret &&
          one.kind === other.kind &&
          one.leftMs < other.heardMs &&
          other.leftMs < one.heardMs,
      ),
    );
  };

  const lives = is.refreshToken === undefined || oracle.lives(is.refreshToken);

  /** The code that an authorization began with. */
  const codeOf = (token: string | undefined): SentRequest | undefined => {
    const family = token === undefined ? undefined : oracle.familyOf(token);
    return requests.find(
      ({ kind, pair }) => kind === 'code' && pair !== undefined && oracle.familyOf(pair.accessToken) === family,
    );
  };
  const itsCode = codeOf(is.accessToken ?? is.refreshToken);
  const otherCode = codeOf(was.accessToken ?? was.refreshToken);

  if (after.generation !== before.generation + 1) {
    wrong.push(`I4: a token was put at generation ${after.generation} over generation ${before.generation}`);
  }
  if (isOlder() && !(lives && wereTogether())) wrong.push(`I4: an older token of ${after.key} replaced a newer one`);
  if (itsCode !== undefined && otherCode !== undefined && itsCode.heardMs < grantedMs(otherCode.secret)) {
    wrong.push(`I4: an older authorization of ${after.key} replaced a newer one`);
  }
  const bringers = bringersOf(is);
  if (bringers.length > 0 && !bringers.some(({ client }) => applicationOf(client) === after.obtainedBy)) {
    wrong.push(`I4: the token of ${after.key} was put down to a client that did not obtain it`);
  }
  const isLate =
    before.failure?.terminal === 'reauthorization_required' &&
    bringers.length > 0 &&
    bringers.every(({ kind, attempt }) => kind === 'renewal' && attempt !== before.attempt?.id);
  if (isLate && !after.invalidated) {
    wrong.push(`I4: an answer of ${after.key} that came after the verdict can be handed out before it was renewed`);
  }
  return wrong;
};
