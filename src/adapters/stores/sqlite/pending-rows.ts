import type { Delivery, PendingAuthorization } from '../../../domain/pending-authorization.js';
import type { ListedPending } from '../../../domain/unreadable-record.js';
import { cellsOf, RowUnreadable } from './cells.js';
import { flag, type Cell, type Complete } from './rows.js';

/** The columns of `llavero_pending` besides `namespace`. */
export const pendingColumns = [
  'id',
  'key',
  'incarnation',
  'expires_at',
  'sealed',
  'delivery_id',
  'delivery_ends_at',
  'delivery_completed',
] as const;

/** A pending authorization as SQLite binds it. */
export type PendingRow = { readonly [Column in (typeof pendingColumns)[number]]: Cell };

export const pendingRow = ({ delivery, ...pending }: PendingAuthorization): PendingRow => ({
  id: pending.id,
  key: pending.key,
  incarnation: pending.incarnation,
  expires_at: pending.expiresAt,
  sealed: pending.sealed,
  delivery_id: delivery?.id ?? null,
  delivery_ends_at: delivery?.endsAt ?? null,
  delivery_completed: delivery === undefined ? null : flag(delivery.completed),
});

/** Reads a pending authorization back; throws as `accountRecord` does. */
export const pendingAuthorization = (row: unknown): Complete<PendingAuthorization> => {
  const { text, integer, isNull } = cellsOf(row);
  return {
    id: text('id'),
    key: text('key'),
    incarnation: text('incarnation'),
    expiresAt: integer('expires_at'),
    sealed: text('sealed'),
    delivery: isNull('delivery_id') ? undefined : delivery(row),
  };
};

/** Reads a pending authorization among many: one that {@link pendingAuthorization} refuses is given by its name alone. */
export const listedPending = (row: unknown): ListedPending => {
  try {
    return pendingAuthorization(row);
  } catch (thrown) {
    if (!(thrown instanceof RowUnreadable)) throw thrown;
    const { text } = cellsOf(row);
    return { id: text('id'), key: text('key'), unreadable: true, why: thrown.code };
  }
};

const delivery = (row: unknown): Complete<Delivery> => {
  const { text, integer } = cellsOf(row);
  return {
    id: text('delivery_id'),
    endsAt: integer('delivery_ends_at'),
    completed: integer('delivery_completed') === 1,
  };
};
