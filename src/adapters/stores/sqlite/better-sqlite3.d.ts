/** better-sqlite3 ships no types; `sqlite-database.ts` says as much of them as is used. */
declare module 'better-sqlite3' {
  const Database: unknown;
  export default Database;
}
