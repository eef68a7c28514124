import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError } from '../../domain/token-error.js';
import { incarnationOf, type Token } from '../../domain/token.js';
import { markUnavailable } from '../../domain/unavailable-account.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { makeTellFailure } from '../renewal/tell-failure.js';

/**
 * Notes that an account is blocked, inactive or cancelled, as the API said to this token; a later registration of the same
 * account is left alone. Never fails: the answer is what the caller asked for, and what could not be noted now is noted by
 * the next one.
 */
export type NoteUnavailable = (token: Token, error: string) => TE.TaskEither<never, undefined>;

export interface NoteUnavailableDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeNoteUnavailable = (deps: NoteUnavailableDeps): NoteUnavailable => {
  const { store, clock } = deps;
  const tellFailure = makeTellFailure(deps);
  return (token, error) => {
    const { key, generation } = token;
    const incarnation = incarnationOf(token);
    if (incarnation === undefined) return TE.right(undefined);
    return pipe(
      store.update(key, (current, serverNowMs) =>
        markUnavailable(current, serverNowMs ?? clock.nowMs(), { incarnation, generation }, error),
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
};
