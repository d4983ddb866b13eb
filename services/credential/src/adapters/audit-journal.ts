import type { Clock } from '@switchyard/kernel';
import type { Postgres } from '@switchyard/service-kit';
import type { AuditRecord } from '../domain/audit-entry.ts';
import { auditUnavailable } from '../errors.ts';
import type { CredentialEvents } from '../events.ts';
import type { AuditLog } from '../ports.ts';
import { appendAuditEntries } from './append-audit-entries.ts';

/** Most entries of one transaction. */
const MAX_BATCH = 256;
/** Most entries that wait. Beyond, reads are refused. */
const MAX_WAITING = 10_000;

interface Waiting {
  readonly record: AuditRecord;
  readonly resolve: (sequence: bigint) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Writes entries together: while one transaction commits, the next ones gather. The chain lets one transaction at a time
 * append, so without this every read would wait for the commits of all reads before it.
 */
export class AuditJournal implements AuditLog {
  readonly #options: { postgres: Postgres; events: CredentialEvents; clock: Clock };
  readonly #waiting: Waiting[] = [];
  #writing = false;

  constructor(options: { postgres: Postgres; events: CredentialEvents; clock: Clock }) {
    this.#options = options;
  }

  record(record: AuditRecord): Promise<bigint> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= MAX_WAITING) {
        this.#options.events.auditFailed(1);
        reject(auditUnavailable(new Error(`${MAX_WAITING} entries wait`)));
        return;
      }
      this.#waiting.push({ record, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0, MAX_BATCH));
    this.#writing = false;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const { postgres, events, clock } = this.#options;
    const startedAtMs = clock.monotonicMs();
    try {
      const records = batch.map(({ record }) => record);
      const entries = await postgres.asSystem((transaction) => appendAuditEntries(transaction, records));
      events.auditWritten({ entries: entries.length, durationMs: clock.monotonicMs() - startedAtMs });
      for (const [index, { resolve }] of batch.entries()) resolve(entries[index]?.sequence as bigint);
    } catch (error) {
      // Who waits behind a failure would wait as long again for the same one.
      const refused = [...batch, ...this.#waiting.splice(0)];
      events.auditFailed(refused.length);
      for (const { reject } of refused) reject(auditUnavailable(error));
    }
  }
}
