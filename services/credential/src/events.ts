import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The only place that emits this service's business metrics. */
export interface CredentialEvents {
  /** A secret was asked for. */
  secretRead(outcome: 'allowed' | 'not_found' | 'unreadable'): void;
  secretChanged(change: 'put' | 'deleted'): void;
  keyChanged(change: 'created' | 'rotated' | 'revoked'): void;
  /** A service asked whose key it is. */
  keyResolved(outcome: 'known' | 'unknown'): void;
  /** Somebody tried what is not permitted. */
  denied(): void;
  /** Entries of the audit log were written together. */
  auditWritten(written: { readonly entries: number; readonly durationMs: number }): void;
  /** The audit log could not be written. */
  auditFailed(entries: number): void;
  /** An event reached the bus: right after its commit, or later from the outbox. */
  eventPublished(path: 'direct' | 'outbox'): void;
  /** So many events wait in the outbox. */
  eventsWaiting(count: number): void;
  /** So many data keys were wrapped anew. */
  rewrapped(count: number): void;
}

/** Emits metrics to a registry. */
export function credentialEvents(registry: Registry): CredentialEvents {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `switchyard_credential_${name}_total`, help, labelNames, registers });
  const reads = counter('secret_reads', 'Secrets asked for, by outcome.', ['outcome']);
  const secretChanges = counter('secret_changes', 'Changes of secrets, by kind.', ['change']);
  const keyChanges = counter('key_changes', 'Changes of API keys, by kind.', ['change']);
  const resolves = counter('key_resolves', 'Keys that services asked for, by outcome.', ['outcome']);
  const denials = counter('denials', 'Attempts at what is not permitted.');
  const entries = counter('audit_entries', 'Entries written to the audit log.');
  const failures = counter('audit_failures', 'Entries that could not be written, and so what was refused.');
  const published = counter('events_published', 'Events that reached the bus, by path.', ['path']);
  const rewraps = counter('rewraps', 'Data keys that were wrapped with the first key-encryption key.');
  const writing = new Histogram({
    name: 'switchyard_credential_audit_write_duration_seconds',
    help: 'Time of one transaction that appends to the audit log.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1, 5],
    registers,
  });
  const waiting = new Gauge({
    name: 'switchyard_credential_events_waiting',
    help: 'Events in the outbox that the bus does not have yet.',
    registers,
  });
  return {
    secretRead: (outcome) => reads.inc({ outcome }),
    secretChanged: (change) => secretChanges.inc({ change }),
    keyChanged: (change) => keyChanges.inc({ change }),
    keyResolved: (outcome) => resolves.inc({ outcome }),
    denied: () => denials.inc(),
    auditWritten: (written) => {
      entries.inc(written.entries);
      writing.observe(written.durationMs / 1_000);
    },
    auditFailed: (count) => failures.inc(count),
    eventPublished: (path) => published.inc({ path }),
    eventsWaiting: (count) => waiting.set(count),
    rewrapped: (count) => rewraps.inc(count),
  };
}
