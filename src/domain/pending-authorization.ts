/** An authorization a browser is out on. The state it carries is never stored, only its digest. */
export interface PendingAuthorization {
  /** Digest of the state. */
  readonly id: string;
  readonly key: string;
  readonly incarnation: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** Sealed: PKCE verifier, redirect URI, scope, bound host. */
  readonly sealed: string;
  /** The one callback that may send the code. Absent while the flow is open. */
  readonly delivery?: Delivery | undefined;
}

/** A callback that took a pending authorization, and with it the right to send its code. */
export interface Delivery {
  /** The authorization that it commits is named by this id (`authorizationName`). */
  readonly id: string;
  /** Unix milliseconds. Later than that nobody waits for it any more: its process died, or stands still. */
  readonly endsAt: number;
  /** Its token is committed. */
  readonly completed: boolean;
}

/** What a change to a pending authorization makes of it. The very one it was given: nothing is written; undefined: it is forgotten. */
export interface PendingChange<A> {
  readonly pending: PendingAuthorization | undefined;
  readonly result: A;
}

/** What a callback finds under the digest of its state. */
export type FoundPending =
  /** Nobody has sent its code. */
  | { readonly _tag: 'Open'; readonly pending: PendingAuthorization }
  /** An earlier callback may be sending the code now. */
  | { readonly _tag: 'UnderWay'; readonly pending: PendingAuthorization; readonly endsInMs: number }
  /** An earlier callback took it and never said what came of it: the code may be spent. */
  | { readonly _tag: 'Abandoned'; readonly pending: PendingAuthorization }
  /** An earlier callback succeeded. */
  | { readonly _tag: 'Completed'; readonly pending: PendingAuthorization }
  /** Never started, expired, or closed by an earlier callback. */
  | { readonly _tag: 'Unknown' };

export type TakenPending = FoundPending | { readonly _tag: 'Taken' };

/** How long a person has to come back. */
export const pendingLifetimeMs = 10 * 60_000;

/** When a flow began, in Unix milliseconds. */
export const beganAt = ({ expiresAt }: PendingAuthorization): number => expiresAt - pendingLifetimeMs;

/** By what time a flow is judged, and its delivery: so much has passed at most since the one and the other began. */
export interface PendingTimes {
  readonly nowMs: number;
  readonly deliveryNowMs: number;
  /** How long a delivery lasts. */
  readonly deliveryMs: number;
}

/** Hosts disagree about time by less than this; a delivery that ends later was dated by a clock that is or was wrong. */
const toleranceMs = 60_000;

/** How long a delivery may take yet; one that is further ahead than any can be is over. */
const deliveryLeftMs = ({ endsAt }: Delivery, { deliveryNowMs, deliveryMs }: PendingTimes): number => {
  const leftMs = endsAt - deliveryNowMs;
  return leftMs > deliveryMs + toleranceMs ? 0 : Math.max(0, Math.min(leftMs, deliveryMs));
};

export const judgePending = (current: PendingAuthorization | undefined, times: PendingTimes): FoundPending => {
  const { nowMs } = times;
  if (current === undefined || current.expiresAt <= nowMs) return { _tag: 'Unknown' };
  const { delivery } = current;
  if (delivery === undefined) return { _tag: 'Open', pending: current };
  if (delivery.completed) return { _tag: 'Completed', pending: current };
  const endsInMs = deliveryLeftMs(delivery, times);
  return endsInMs > 0 ? { _tag: 'UnderWay', pending: current, endsInMs } : { _tag: 'Abandoned', pending: current };
};

/**
 * Gives an open flow to one delivery. A code must not be sent twice (RFC 6749 §4.1.2), so no time that passes opens a taken
 * flow again: only its own delivery does, with {@link reopenPending}. The delivery that has it already is given it again: the
 * answer to its first try may have been lost.
 */
export const takePending = (
  current: PendingAuthorization | undefined,
  times: PendingTimes,
  delivery: Delivery,
): PendingChange<TakenPending> => {
  if (isUnfinished(current, delivery.id)) return { pending: current, result: { _tag: 'Taken' } };
  const found = judgePending(current, times);
  if (found._tag !== 'Open') return { pending: current, result: found };
  return { pending: { ...found.pending, delivery }, result: { _tag: 'Taken' } };
};

/** The provider did not process the code: the same callback may come again. */
export const reopenPending = (current: PendingAuthorization | undefined, deliveryId: string): PendingChange<void> =>
  isUnfinished(current, deliveryId)
    ? { pending: { ...current, delivery: undefined }, result: undefined }
    : { pending: current, result: undefined };

/** The token is committed: whoever brings this state again is told so, until the flow expires. */
export const completePending = (current: PendingAuthorization | undefined, deliveryId: string): PendingChange<void> =>
  isUnfinished(current, deliveryId)
    ? { pending: { ...current, delivery: { ...current.delivery, completed: true } }, result: undefined }
    : { pending: current, result: undefined };

/** Forgets the flow: where its code is or may be spent (`deliveryId`), or where an open one was refused (undefined). */
export const closePending = (
  current: PendingAuthorization | undefined,
  deliveryId: string | undefined,
): PendingChange<void> => ({
  pending: current?.delivery?.id === deliveryId ? undefined : current,
  result: undefined,
});

const isUnfinished = (
  current: PendingAuthorization | undefined,
  deliveryId: string,
): current is PendingAuthorization & { readonly delivery: Delivery } =>
  current?.delivery?.id === deliveryId && !current.delivery.completed;

/** Whether an account's tokens descend from the authorization that this delivery committed. */
export const isCommittedBy = (authorization: string | undefined, { delivery }: PendingAuthorization): boolean =>
  delivery !== undefined && authorization?.endsWith(`.${delivery.id}`) === true;
