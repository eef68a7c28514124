/** A row holds what this library never wrote. Its code is all that ever shows. */
export class RowUnreadable extends Error {
  readonly code = 'ROW_UNREADABLE';
}

/** Reads the columns of one row by their names. */
export interface Cells {
  readonly isNull: (column: string) => boolean;
  readonly text: (column: string) => string;
  readonly integer: (column: string) => number;
  readonly optionalText: (column: string) => string | undefined;
  readonly optionalInteger: (column: string) => number | undefined;
}

/** The last millisecond that a Date can hold. Nothing this library writes is larger. */
const lastMs = 8.64e15;

/** The cells of a row; reading one that is missing or of another type throws {@link RowUnreadable}. */
export const cellsOf = (row: unknown): Cells => {
  const cells = new Map<string, unknown>(typeof row === 'object' && row !== null ? Object.entries(row) : []);
  const isNull = (column: string): boolean => cells.get(column) === null;
  const text = (column: string): string => {
    const cell = cells.get(column);
    if (typeof cell !== 'string') throw new RowUnreadable();
    return cell;
  };
  const integer = (column: string): number => {
    const cell = cells.get(column);
    if (typeof cell !== 'number' || !Number.isInteger(cell) || Math.abs(cell) > lastMs) throw new RowUnreadable();
    return cell;
  };
  return {
    isNull,
    text,
    integer,
    optionalText: (column) => (isNull(column) ? undefined : text(column)),
    optionalInteger: (column) => (isNull(column) ? undefined : integer(column)),
  };
};
