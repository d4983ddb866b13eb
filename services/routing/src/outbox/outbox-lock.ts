import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** A lock that ends with the process that holds it. */
export interface OutboxLock {
  release(): void;
  /** Removes its file while it is still held, then releases it: the outbox is gone. */
  remove(): void;
}

/**
 * Locks an outbox for this process, or tells by undefined that another one lives. The kernel drops the lock when the
 * process dies. Node has no `flock`; SQLite takes POSIX record locks and is built in.
 */
export function lockOutbox(path: string): OutboxLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  const release = () => {
    if (database.isOpen) database.close();
  };
  return {
    release,
    remove: () => {
      try {
        rmSync(path, { force: true });
      } finally {
        release();
      }
    },
  };
}

const SQLITE_BUSY = 5;
