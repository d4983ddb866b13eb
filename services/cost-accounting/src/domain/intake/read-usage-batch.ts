import { hash } from 'node:crypto';
import { UsageBatch, type UsageEnvelope } from '@switchyard/contracts/events';
import { err, ok, type Result } from '@switchyard/kernel';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { judgeRecord } from './judge-record.ts';
import type { Poison } from './poison.ts';

/** A record under its number, to be committed: as an entry of the ledger, or set aside. */
export interface NumberedRecord {
  readonly outboxId: string;
  /** From 1, gapless in its outbox. */
  readonly sequence: number;
  /** SHA-256 of its bytes, hex: as a text it is far cheaper to keep than bytes of its own. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly verdict: Result<LedgerEntry, Poison>;
}

/** Something to be set aside that has no number of its own. */
export interface NamelessPoison {
  readonly outboxId: string | undefined;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly poison: Poison;
}

/** What a message held. */
export interface ReadBatch {
  readonly records: readonly NumberedRecord[];
  readonly nameless: readonly NamelessPoison[];
  /** False where the message as a whole could not be read: nobody should send it again. */
  readonly readable: boolean;
}

const MAX_OUTBOX_ID = 128;
/** Routing sends 64 at most. What holds far more was not written by it, and would fill memory. */
const MAX_RECORDS = 1_024;

/** Reads a message of the usage stream. Nothing in it can make this throw, or spoil the records beside it. */
export function readUsageBatch(payload: Uint8Array, nowMs: number): ReadBatch {
  const batch = decode(payload);
  if (!batch.ok) {
    const poison: Poison = { reason: 'unreadable_batch', detail: batch.error };
    const nameless = { outboxId: undefined, digest: digestOf(payload), bytes: payload, poison };
    return { records: [], nameless: [nameless], readable: false };
  }
  const { outboxId } = batch.value;
  const records: NumberedRecord[] = [];
  const nameless: NamelessPoison[] = [];
  for (const envelope of batch.value.records) {
    const digest = digestOf(envelope.record);
    const bytes = envelope.record;
    const sequence = sequenceOf(envelope);
    if (sequence === undefined) {
      const poison: Poison = { reason: 'bad_sequence', detail: `sequence is ${envelope.sequence}` };
      nameless.push({ outboxId, digest, bytes, poison });
    } else records.push({ outboxId, sequence, digest, bytes, verdict: judgeRecord(bytes, nowMs) });
  }
  return { records, nameless, readable: true };
}

function decode(payload: Uint8Array): Result<UsageBatch, string> {
  try {
    const batch = UsageBatch.decode(payload);
    const { outboxId, records } = batch;
    if (outboxId === '' || outboxId.length > MAX_OUTBOX_ID || outboxId.includes('\0')) {
      return err('it names no outbox');
    }
    if (records.length === 0) return err('it has no records');
    return records.length > MAX_RECORDS ? err(`it has more than ${MAX_RECORDS} records`) : ok(batch);
  } catch (error) {
    return err((error as Error).message);
  }
}

function sequenceOf({ sequence }: UsageEnvelope): number | undefined {
  return sequence >= 1n && sequence <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sequence) : undefined;
}

/** Pure: the same bytes give the same digest. */
function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
