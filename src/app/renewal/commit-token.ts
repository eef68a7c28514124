import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord, Failure } from '../../domain/account-record.js';
import { dueTimesOf } from '../../domain/due-times.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import type { Change } from '../../domain/record-change.js';
import { coolDownMs } from '../../domain/refresh-policy.js';
import type { Committed, CommittedToken } from '../../domain/committing.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Randomness } from '../../ports/randomness.js';
import type { Account } from '../accounts/account.js';
import type { Drafts } from '../accounts/drafts.js';
import type { Fingerprints } from '../encryption/fingerprints.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';
import type { Persist } from './persist.js';
import type { RevokeDiscarded } from './revoke-discarded.js';

/** Which rule of the protocol decides, given the record, the time and the token's parts. */
export type CommitRule = (
  current: AccountRecord | undefined,
  nowMs: number,
  token: CommittedToken,
) => Change<Committed>;

/** Step 6: nobody sees a token before this resolves, and nothing but the commit happens once an answer is here. */
export type CommitToken = (
  account: Account,
  token: IssuedToken,
  cause: 'authorization' | 'renewal',
  rule: CommitRule,
  /** Told when the store keeps failing: the pair stays in memory and the write is tried again. */
  onDelay: (error: TokenError) => void,
) => TE.TaskEither<TokenError, Committed>;

export interface CommitTokenDeps {
  readonly drafts: Drafts;
  readonly recordEncryption: RecordEncryption;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventSink;
  readonly persist: Persist;
  readonly fingerprints: Fingerprints;
  readonly revokeDiscarded: RevokeDiscarded;
}

export const makeCommitToken = ({
  drafts,
  recordEncryption,
  clock,
  randomness,
  events,
  persist,
  fingerprints,
  revokeDiscarded,
}: CommitTokenDeps): CommitToken => {
  const partsOf = (account: Account, token: IssuedToken, sealed: string, nowMs: number): CommittedToken => {
    const obtainedAt = token.obtainedAt.getTime();
    const expiresAt = token.accessToken === undefined ? obtainedAt : token.expiresAt.getTime();
    const refreshTokenExpiresAt = token.refreshTokenExpiresAt?.getTime();
    return {
      token: sealed,
      obtainedAt,
      accessTokenExpiresAt: expiresAt,
      refreshTokenExpiresAt,
      renewable: account.grant.repeatable || token.refreshToken !== undefined,
      obtainedBy: account.application,
      refreshTokenId: token.refreshToken === undefined ? undefined : fingerprints.of(token.refreshToken.expose()),
      ...dueTimesOf(account.policy, token),
      failure: token.accessToken === undefined ? unusable(account, nowMs) : undefined,
    };
  };

  /** The refresh token is safe, but an access token that cannot be used must not be asked for again and again. */
  const unusable = ({ policy, record }: Account, nowMs: number): Failure => {
    const count = (record.failure?.count ?? 0) + 1;
    return {
      code: 'ERR_RESPONSE_MALFORMED',
      detail: 'the access token or its type cannot be used',
      at: nowMs,
      count,
      retryAt: nowMs + coolDownMs(policy, count, randomness.fraction()),
    };
  };

  return (account, token, cause, rule, onDelay) => {
    const key = account.key.key;
    const { generation } = account.record;
    const announce = (committed: Committed): void => {
      const at = new Date(clock.nowMs());
      // A credential that changed meanwhile: the authorization is committed again with the newer one.
      if (cause === 'authorization' && committed._tag === 'NewerGeneration') return;
      if (committed._tag === 'Renewed') return;
      if (committed._tag === 'Removed') revokeDiscarded(account, token);
      if (committed._tag !== 'Committed' && committed._tag !== 'OtherRegistration') {
        events.emit({ type: 'token_discarded', key, at, generation });
        return;
      }
      events.emit({
        type: 'token_committed',
        key,
        at,
        cause,
        generation: committed.record.generation,
        expiresAt: token.expiresAt,
        ...(token.accessToken === undefined ? {} : { fingerprint: fingerprints.of(token.accessToken.expose()) }),
      });
    };
    const delayed = (error: TokenError, tries: number): void => {
      events.emit({ type: 'commit_delayed', key, at: new Date(clock.nowMs()), generation, tries });
      onDelay(error);
    };
    const write = (sealed: string): TE.TaskEither<TokenError, Committed> =>
      drafts.commit(account.record, (current, serverNowMs) => {
        const nowMs = serverNowMs ?? clock.nowMs();
        return rule(current, nowMs, partsOf(account, token, sealed, nowMs));
      });
    const options = { isReplaceable: account.grant.repeatable };
    // Sealed once: by the sealed text a later try knows a commit of its own whose answer was lost.
    return pipe(
      persist(recordEncryption.sealToken(key, token), account.policy, delayed, options),
      TE.flatMap((sealed) => persist(write(sealed), account.policy, delayed, options)),
      TE.tapIO((committed) => () => announce(committed)),
    );
  };
};
