import type { OutboxEvent } from '../ports.ts';

/** Columns of an event that waits. */
export const OUTBOX_COLUMNS = 'id, tenant, event, payload, traceparent, created_at';

/** {@link OUTBOX_COLUMNS} as pg reads them. */
export interface OutboxRow {
  readonly id: string;
  readonly tenant: string;
  readonly event: OutboxEvent['event'];
  readonly payload: Buffer;
  readonly traceparent: string;
  readonly created_at: Date;
}

export function toOutboxEvent(row: OutboxRow): OutboxEvent {
  return {
    id: row.id,
    owner: row.tenant,
    event: row.event,
    payload: row.payload,
    traceparent: row.traceparent,
    createdAtMs: row.created_at.getTime(),
  };
}
