import { createHash } from 'node:crypto';
import type { AuditEntry, AuditRecord, ChainLink } from './audit-entry.ts';

/** The place before the first entry. */
export const GENESIS: ChainLink = { sequence: 0n, hash: Buffer.alloc(32) };

/** Gives records their places after the head. */
export function chainRecords(head: ChainLink, records: readonly AuditRecord[]): AuditEntry[] {
  let last = head;
  return records.map((record) => {
    const sequence = last.sequence + 1n;
    const entry = { ...record, sequence, hash: hashEntry(last.hash, { ...record, sequence }) };
    last = entry;
    return entry;
  });
}

/**
 * SHA-256 over the hash before and the entry as a JSON array of texts: owner, actor and so on in a fixed order, details by
 * name. The array's brackets and quotes keep fields apart, so that no text can move from one field into the next.
 */
export function hashEntry(previous: Buffer, entry: AuditRecord & { readonly sequence: bigint }): Buffer {
  const details = Object.entries(entry.details).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([
    entry.sequence.toString(),
    new Date(entry.occurredAtMs).toISOString(),
    entry.owner,
    entry.actor,
    entry.action,
    entry.resource,
    entry.outcome,
    details,
  ]);
  return createHash('sha256').update(previous).update(text, 'utf8').digest();
}

/** Where and how a chain is broken. */
export interface ChainBreak {
  /** `missing`: an entry was deleted; `edited`: an entry or its hash was changed; `truncated`: the end is gone. */
  readonly kind: 'missing' | 'edited' | 'truncated';
  /** First entry that is not as it was written. */
  readonly sequence: bigint;
}

/**
 * Follows the chain over the next entries, in order of their sequence.
 *
 * @returns the last link, or the first break
 */
export function followChain(from: ChainLink, entries: readonly AuditEntry[]): ChainLink | ChainBreak {
  let last = from;
  for (const entry of entries) {
    const sequence = last.sequence + 1n;
    if (entry.sequence !== sequence) return { kind: 'missing', sequence };
    if (!hashEntry(last.hash, entry).equals(entry.hash)) return { kind: 'edited', sequence };
    last = entry;
  }
  return last;
}

/** Compares the end that was reached with the head that was kept apart. */
export function compareWithHead(end: ChainLink, head: ChainLink): ChainBreak | undefined {
  if (end.sequence < head.sequence) return { kind: 'truncated', sequence: end.sequence + 1n };
  if (end.sequence > head.sequence || !end.hash.equals(head.hash)) {
    return { kind: 'edited', sequence: head.sequence };
  }
  return undefined;
}
