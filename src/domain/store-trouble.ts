/** Why a store refuses to write: what it has open is not, or may not be, what other processes see. */
export type StoreTrouble =
  /** Another file, or none, is where the database was. */
  | 'file_replaced'
  /** The write-ahead log was deleted or replaced under an open connection. */
  | 'wal_replaced'
  /** The index of the log (`-shm`) was deleted or replaced under an open connection: others go by another one. */
  | 'shm_replaced'
  /** The database has a second name: a log stands beside each name, and two logs make two histories. */
  | 'file_linked';

const troubles: ReadonlySet<string> = new Set<StoreTrouble>([
  'file_replaced',
  'wal_replaced',
  'shm_replaced',
  'file_linked',
]);

/** Whether a store's short code is one of these. */
export const isStoreTrouble = (why: string): why is StoreTrouble => troubles.has(why);

/** What an operator should know of the place where a store keeps its data. */
export type StoreWarning =
  /** The file is on a network file system, whose locks and flushes are not those of a local disk. */
  | 'network_file_system'
  /** The file is a mount of its own, without the folder in which its write-ahead log has to stand beside it. */
  | 'file_mounted_alone';
