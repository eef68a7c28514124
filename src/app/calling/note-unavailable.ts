import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import { markUnavailable } from '../../domain/unavailable-account.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import { makeTellFailure } from '../renewal/tell-failure.js';

/**
 * Notes that an account is blocked, inactive or cancelled, as the API said to this token. Never fails: the answer is what
 * the caller asked for, and what could not be noted now is noted by the next one.
 */
export type NoteUnavailable = (key: string, token: Token, error: string) => TE.TaskEither<never, undefined>;

export interface NoteUnavailableDeps {
  readonly accounts: Accounts;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeNoteUnavailable = (deps: NoteUnavailableDeps): NoteUnavailable => {
  const { accounts, store, clock } = deps;
  const tellFailure = makeTellFailure(deps);
  return (key, { generation }, error) =>
    pipe(
      accounts.get(key),
      TE.flatMap(({ record: { incarnation } }) =>
        pipe(
          store.update(key, (current, serverNowMs) =>
            markUnavailable(current, serverNowMs ?? clock.nowMs(), { incarnation, generation }, error),
          ),
          TE.mapError(storeFailed(key)),
        ),
      ),
      TE.map((marked) => {
        if (marked !== undefined) {
          tellFailure(marked, tokenError('AccountUnavailable', { key, error }), {
            retryAt: marked.failure?.retryAt,
            state: 'account_unavailable',
          });
        }
        return undefined;
      }),
      TE.orElse(() => TE.right(undefined)),
    );
};
