import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Outbox, type OutboxOptions, type OutboxState } from './outbox.ts';
import { lockOutbox, type OutboxLock } from './outbox-lock.ts';
import { scanSegment } from './read-segments.ts';
import { emptySegment, noteUsage, type Segment } from './segment.ts';
import { parseSegmentName, segmentPath } from './segment-file.ts';

/** Starts a new outbox of this process. */
export function createOutbox(options: OutboxOptions): Outbox {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  const lock = lockOutbox(lockPath(options.directory, id));
  if (lock === undefined) throw new Error(`outbox ${id} was born locked`);
  const state: OutboxState = { id, segments: [], lastSequence: 0, openHolds: new Map(), closed: false };
  return new Outbox(options, lock, state);
}

/** What recovery did with one outbox that another process had left. */
export interface RecoveredOutbox {
  readonly outbox: Outbox;
  /** Attempts whose end is not known; each was booked as it had been held. */
  readonly unresolved: number;
  /** Bytes of a torn tail that were cut. */
  readonly tornBytes: number;
  /** Open holds that were left alone because the machine has been down since: numbered records may be missing. */
  readonly abandoned: number;
}

/** Takes over every outbox in the directory whose process is gone. */
export async function recoverOutboxes(options: OutboxOptions, own: Outbox): Promise<RecoveredOutbox[]> {
  const byId = new Map<string, number[]>();
  for (const name of readdirSync(options.directory)) {
    const segment = parseSegmentName(name);
    if (segment === undefined || segment.outboxId === own.id) continue;
    byId.set(segment.outboxId, [...(byId.get(segment.outboxId) ?? []), segment.number]);
  }
  const recovered: RecoveredOutbox[] = [];
  for (const [id, numbers] of byId) {
    const lock = lockOutbox(lockPath(options.directory, id));
    if (lock === undefined) continue;
    recovered.push(await recoverOutbox(options, { id, numbers: numbers.sort((a, b) => a - b), lock }));
  }
  return recovered;
}

const lockPath = (directory: string, id: string): string => join(directory, `${id}.lock`);

async function recoverOutbox(
  options: OutboxOptions,
  { id, numbers, lock }: { id: string; numbers: readonly number[]; lock: OutboxLock },
): Promise<RecoveredOutbox> {
  const state = {
    id,
    segments: [] as Segment[],
    lastSequence: 0,
    openHolds: new Map(),
    closed: false,
  } satisfies OutboxState;
  const mutable: { lastSequence: number; closed: boolean } = state;
  let tornBytes = 0;
  let sameBoot = true;
  for (const number of numbers) {
    const segment = emptySegment(number, segmentPath(options.directory, id, number), mutable.lastSequence);
    const openHolds: OutboxState['openHolds'] = state.openHolds;
    let frameStart = 0;
    const { header, goodBytes, fileBytes } = await scanSegment({ path: segment.path }, (record, endByte) => {
      if (record.kind === 'hold') {
        openHolds.set(record.attemptId, { usage: Buffer.from(record.usage), segment });
        segment.openHolds++;
      } else if (record.kind === 'usage') {
        const hold = openHolds.get(record.attemptId);
        if (hold !== undefined) hold.segment.openHolds--;
        openHolds.delete(record.attemptId);
        mutable.lastSequence = record.sequence;
        noteUsage(segment, record.sequence, frameStart);
      } else mutable.closed = true;
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
    state.segments.push(segment);
  }
  const outbox = new Outbox(options, lock, state);
  if (!sameBoot) return { outbox, unresolved: 0, tornBytes, abandoned: state.openHolds.size };
  return { outbox, unresolved: settleOpenHolds(outbox), tornBytes, abandoned: 0 };
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
