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

export const judgePending = (current: PendingAuthorization | undefined, nowMs: number): FoundPending => {
  if (current === undefined || current.expiresAt <= nowMs) return { _tag: 'Unknown' };
  const { delivery } = current;
  if (delivery === undefined) return { _tag: 'Open', pending: current };
  if (delivery.completed) return { _tag: 'Completed', pending: current };
  return nowMs < delivery.endsAt
    ? { _tag: 'UnderWay', pending: current, endsInMs: delivery.endsAt - nowMs }
    : { _tag: 'Abandoned', pending: current };
};

/**
 * Gives an open flow to one delivery. A code must not be sent twice (RFC 6749 §4.1.2), so no time that passes opens a taken
 * flow again: only its own delivery does, with {@link reopenPending}.
 */
export const takePending = (
  current: PendingAuthorization | undefined,
  nowMs: number,
  delivery: Delivery,
): PendingChange<TakenPending> => {
  const found = judgePending(current, nowMs);
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
