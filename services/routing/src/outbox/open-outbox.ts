import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Outbox, type OutboxOptions, type OutboxState } from './outbox.ts';
import { lockOutbox } from './outbox-lock.ts';
import { type RecoveredOutbox, recoverOutbox } from './recover-outbox.ts';
import { parseSegmentName } from './segment-file.ts';

/** Starts a new outbox of this process. */
export function createOutbox(options: OutboxOptions): Outbox {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const id = randomUUID();
  const lock = lockOutbox(lockPath(options.directory, id));
  if (lock === undefined) throw new Error(`outbox ${id} was born locked`);
  const state: OutboxState = { id, segments: [], lastSequence: 0, openHolds: new Map(), end: 'open' };
  const outbox = new Outbox(options, lock, state);
  outbox.begin();
  return outbox;
}

/** Takes over every outbox in the directory whose process is gone. */
export async function recoverOutboxes(
  options: OutboxOptions,
  known: readonly Pick<Outbox, 'id'>[],
): Promise<RecoveredOutbox[]> {
  const ids = new Set(readdirSync(options.directory).map(outboxIdOf));
  for (const { id } of known) ids.delete(id);
  const recovered: RecoveredOutbox[] = [];
  try {
    for (const id of ids) {
      const taken = id === undefined ? undefined : await takeOver(options, id);
      if (taken !== undefined) recovered.push(taken);
    }
  } catch (error) {
    for (const { outbox } of recovered) outbox.dispose();
    throw error;
  }
  return recovered;
}

const LOCK_NAME = /^([0-9a-f-]{36})\.lock(-journal)?$/;
/** A lock without files that is younger may be of an outbox that is being made. */
const BEING_MADE_MS = 60_000;

const lockPath = (directory: string, id: string): string => join(directory, `${id}.lock`);

const outboxIdOf = (name: string): string | undefined =>
  parseSegmentName(name)?.outboxId ?? LOCK_NAME.exec(name)?.[1];

async function takeOver(options: OutboxOptions, id: string): Promise<RecoveredOutbox | undefined> {
  const { directory } = options;
  const path = lockPath(directory, id);
  const lock = lockOutbox(path);
  if (lock === undefined) return undefined;
  try {
    // Only now: until it was locked, its files may have been another process's.
    const numbers = numbersOf(directory, id);
    const taken = numbers.length === 0 ? undefined : await recoverOutbox(options, { id, numbers, lock });
    if (taken !== undefined) return taken;
    if (numbers.length > 0 || Date.now() - statSync(path).mtimeMs > BEING_MADE_MS) lock.remove();
    else lock.release();
    return undefined;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function numbersOf(directory: string, id: string): number[] {
  return readdirSync(directory)
    .map(parseSegmentName)
    .filter((segment) => segment?.outboxId === id)
    .map((segment) => segment?.number ?? 0)
    .sort((a, b) => a - b);
}
