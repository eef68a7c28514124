import type { AccountRecord } from '../../domain/account-record.js';
import { factsOf } from '../../domain/token-error-facts.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';

/** Says by an event that an account got no new token, why, and when it will be asked for again. */
export type TellFailure = (
  record: Pick<AccountRecord, 'key' | 'generation'>,
  error: TokenError,
  retryAt?: number,
) => void;

export const makeTellFailure =
  ({ events, clock }: { readonly events: EventSink; readonly clock: Clock }): TellFailure =>
  ({ key, generation }, error, retryAt) => {
    const later = retryAt === undefined ? {} : { retryAt: new Date(retryAt) };
    const { code } = factsOf(error);
    events.emit({ type: 'renewal_failed', key, at: new Date(clock.nowMs()), generation, code, ...later });
  };
