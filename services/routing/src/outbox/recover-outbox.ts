import { unlinkSync } from 'node:fs';
import { unreachable } from '@switchyard/kernel';
import { Outbox, type OutboxOptions, type OutboxState } from './outbox.ts';
import type { OutboxLock } from './outbox-lock.ts';
import type { OutboxRecord } from './outbox-record.ts';
import { scanSegment } from './read-segments.ts';
import { emptySegment, noteUsage, type Segment } from './segment.ts';
import { segmentPath } from './segment-file.ts';

/** What recovery did with one outbox that another process had left. */
export interface RecoveredOutbox {
  readonly outbox: Outbox;
  /** Attempts whose end is not known; each was booked as it had been held. */
  readonly unresolved: number;
  /** Bytes of a torn tail that were cut. */
  readonly tornBytes: number;
  /** Attempts whose end is not known and that were left alone, because the machine has been down since: numbered records may be missing. */
  readonly abandoned: readonly string[];
}

/** An outbox whose process is gone. */
export interface LeftOutbox {
  readonly id: string;
  /** Numbers of its segments, ascending. */
  readonly numbers: readonly number[];
  readonly lock: OutboxLock;
}

/**
 * Takes over an outbox. In the boot that it was written in, nothing of it is missing: open holds are booked, and it is
 * closed. After another boot records may be missing at its end, and numbers above its last one may have been given and
 * booked: then it is only sent, never written to. What its open holds were for may be in the ledger already.
 *
 * @returns undefined where nothing is in it
 */
export async function recoverOutbox(
  options: OutboxOptions,
  { id, numbers, lock }: LeftOutbox,
): Promise<RecoveredOutbox | undefined> {
  const found: Found = { segments: [], lastSequence: 0, openHolds: new Map(), isClosed: false };
  let tornBytes = 0;
  let sameBoot = true;
  for (const number of numbers) {
    const segment = emptySegment(number, segmentPath(options.directory, id, number), found.lastSequence);
    let frameStart = 0;
    const { header, goodBytes, fileBytes } = await scanSegment({ path: segment.path }, (record, endByte) => {
      note(found, record, { segment, frameStart });
      frameStart = endByte;
      return 'go on';
    });
    tornBytes += fileBytes - goodBytes;
    sameBoot &&= header === undefined || header.bootId === options.bootId;
    if (header === undefined) {
      // The process died while it made the file: nothing is in it.
      unlinkSync(segment.path);
      continue;
    }
    segment.bytes = goodBytes;
    found.segments.push(segment);
  }
  if (found.segments.length === 0) return undefined;
  const abandoned = sameBoot ? [] : abandonHolds(found);
  const end = found.isClosed ? 'closed' : sameBoot ? 'open' : 'abandoned';
  const outbox = new Outbox(options, lock, { id, ...found, end });
  return { outbox, unresolved: sameBoot ? settleOpenHolds(outbox) : 0, tornBytes, abandoned };
}

interface Found {
  readonly segments: Segment[];
  readonly openHolds: OutboxState['openHolds'];
  lastSequence: number;
  isClosed: boolean;
}

function note(
  found: Found,
  record: OutboxRecord,
  { segment, frameStart }: { readonly segment: Segment; readonly frameStart: number },
): void {
  switch (record.kind) {
    case 'hold': {
      const replaced = found.openHolds.get(record.attemptId);
      if (replaced !== undefined) replaced.segment.openHolds--;
      found.openHolds.set(record.attemptId, { usage: Buffer.from(record.usage), segment });
      segment.openHolds++;
      return;
    }
    case 'usage': {
      const hold = found.openHolds.get(record.attemptId);
      if (hold !== undefined) hold.segment.openHolds--;
      found.openHolds.delete(record.attemptId);
      found.lastSequence = record.sequence;
      noteUsage(segment, record.sequence, frameStart);
      return;
    }
    case 'close':
      found.isClosed = true;
      return;
    default:
      unreachable(record);
  }
}

/** Nobody will end them: they do not keep their segments. */
function abandonHolds({ segments, openHolds }: Found): string[] {
  const attemptIds = [...openHolds.keys()];
  openHolds.clear();
  for (const segment of segments) segment.openHolds = 0;
  return attemptIds;
}

function settleOpenHolds(outbox: Outbox): number {
  let unresolved = 0;
  for (const [attemptId, { usage }] of [...outbox.openHolds]) {
    outbox.settle(attemptId, usage);
    unresolved++;
  }
  outbox.close();
  return unresolved;
}
