/** As much of a better-sqlite3 `Statement` as the store needs. */
export interface SqliteStatement {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
  safeIntegers(toggle?: boolean): SqliteStatement;
}

/** As much of a better-sqlite3 `Database` as the store needs: hand over a real one, opened by yourself. */
export interface SqliteDatabase {
  readonly open: boolean;
  readonly inTransaction: boolean;
  readonly memory: boolean;
  readonly readonly: boolean;
  prepare(source: string): SqliteStatement;
  exec(source: string): unknown;
  pragma(source: string, options?: { simple?: boolean }): unknown;
  /** The path it was opened with. */
  readonly name?: string | undefined;
  /** Copies it to a file, some pages in each turn of the event loop. */
  readonly backup?:
    | ((
        path: string,
        options: { readonly progress: (progress: { readonly remainingPages: number }) => number },
      ) => Promise<unknown>)
    | undefined;
}

/** A database that the store opened and so may close. */
export interface OwnSqliteDatabase extends SqliteDatabase {
  close(): unknown;
}

/** What the store opens a file with. */
export interface SqliteOpenOptions {
  readonly timeout?: number;
  readonly fileMustExist?: boolean;
}
