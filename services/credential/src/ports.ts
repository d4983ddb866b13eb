import type { CredentialEvent } from '@switchyard/contracts';
import type { Clock } from '@switchyard/kernel';
import type { Logger, Postgres } from '@switchyard/service-kit';
import type { AuditRecord } from './domain/audit-entry.ts';
import type { RandomBytes } from './domain/envelope.ts';
import type { Keyring } from './domain/keyring.ts';
import type { CredentialEvents } from './events.ts';

/** Something that happened to a key or a secret, on its way to the bus. */
export interface OutboxEvent {
  /** Also the message's id. */
  readonly id: string;
  /** A tenant or `installation`. */
  readonly owner: string;
  readonly event: CredentialEvent;
  /** A `CredentialChanged`, encoded. */
  readonly payload: Buffer;
  /** W3C traceparent of the call that caused it; empty while tracing is off. */
  readonly traceparent: string;
  /** Wall milliseconds. */
  readonly createdAtMs: number;
}

/** Writes to the audit log what is in no transaction with a change. */
export interface AuditLog {
  /**
   * Resolves when the entry is committed.
   *
   * @returns its sequence
   * @throws AUDIT_UNAVAILABLE
   */
  record(record: AuditRecord): Promise<bigint>;
}

/** What the RPCs work with. */
export interface CredentialContext {
  readonly postgres: Postgres;
  readonly audit: AuditLog;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly events: CredentialEvents;
  readonly log: Logger;
  /** Sends an event that was committed to the outbox, without waiting; what fails is sent from the outbox. */
  readonly publish: (event: OutboxEvent) => void;
  /** Forgets a principal of this process. */
  readonly forgetKey: (digest: Buffer) => void;
  /** How long a resolved key may be used without asking again, in seconds. */
  readonly keyTtlSeconds: number;
  /** How long a secret may be kept in memory, in seconds. */
  readonly secretTtlSeconds: number;
}
