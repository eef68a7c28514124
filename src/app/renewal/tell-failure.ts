import type { AccountRecord } from '../../domain/account-record.js';
import type { AccountState } from '../../domain/account-state.js';
import { factsOf } from '../../domain/token-error-facts.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';

/** Says by an event that an account got no new token, why, and when it will be asked for again. */
export type TellFailure = (
  record: Pick<AccountRecord, 'key' | 'generation'>,
  error: TokenError,
  told?: { readonly retryAt?: number | undefined; readonly state?: AccountState | undefined },
) => void;

export const makeTellFailure =
  ({ events, clock }: { readonly events: EventSink; readonly clock: Clock }): TellFailure =>
  ({ key, generation }, error, { retryAt, state } = {}) => {
    const told = {
      ...(state === undefined ? {} : { state }),
      ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
    };
    const { code } = factsOf(error);
    events.emit({ type: 'renewal_failed', key, at: new Date(clock.nowMs()), generation, code, ...told });
  };
