import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busNames } from '@switchyard/contracts';
import { LineKind, UsageRecord } from '@switchyard/contracts/events';
import { type Bus, createLogger } from '@switchyard/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OutboxOptions } from '../src/outbox/outbox.ts';
import { UsageOutboxes, type UsageOutboxesOptions } from '../src/outbox/usage-outboxes.ts';

let directory: string;
const open: UsageOutboxes[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outboxes-'));
});

afterEach(async () => {
  for (const outboxes of open.splice(0)) await outboxes.dispose();
  rmSync(directory, { recursive: true });
});

/** As a process opens them; the bus is away unless a test says otherwise. */
async function start(
  change: Partial<UsageOutboxesOptions> = {},
  outbox: Partial<OutboxOptions> = {},
): Promise<UsageOutboxes> {
  const outboxes = await UsageOutboxes.open({
    outbox: {
      directory,
      bootId: BOOT,
      segmentBytes: 4_096,
      maxBytes: 1_000_000,
      retainMs: 0,
      onFatal: (error) => {
        throw error;
      },
      ...outbox,
    },
    bus: { isConnected: false } as Bus,
    names: busNames('test'),
    clock: { wallMs: () => 1_000, monotonicMs: () => 1_000 },
    log: createLogger({ service: 'test', level: 'silent' }),
    publish: async () => {},
    ensureStream: async () => {},
    onPublished: () => {},
    ...change,
  });
  open.push(outboxes);
  return outboxes;
}

const BOOT = randomUUID();

/** Ends a process; its holds stay open. */
async function end(outboxes: UsageOutboxes): Promise<void> {
  open.splice(open.indexOf(outboxes), 1);
  await outboxes.dispose();
}

const record = (attemptId: string, line: LineKind) =>
  UsageRecord.fromPartial({ attemptId, line, tenant: 't' });

/** Begins an attempt; gives its end. */
function spend(outboxes: UsageOutboxes): () => void {
  const attemptId = randomUUID();
  outboxes.hold(attemptId, record(attemptId, LineKind.UNRESOLVED));
  return () => outboxes.settle(attemptId, record(attemptId, LineKind.CHARGE));
}

const segments = () => readdirSync(directory).filter((name) => name.endsWith('.outbox'));

test('an attempt that ends after the outbox writes nothing, throws nothing, and is booked by the next process as it was held', async () => {
  const first = await start();
  const settle = spend(first);
  await end(first);
  const [file = ''] = segments();
  const before = readFileSync(join(directory, file));
  settle();
  expect(readFileSync(join(directory, file))).toEqual(before);
  const [, recovered] = (await start()).positions();
  expect(recovered).toMatchObject({ lastSequence: 1, closed: true });
});

test('what the disk had no room for is written before the outbox is closed', async () => {
  const outboxes = await start({}, { segmentBytes: 1 });
  const settle = spend(outboxes);
  // No other file can be begun.
  const next = join(directory, (segments()[0] ?? '').replace('000000', '000002'));
  mkdirSync(next);
  settle();
  expect(outboxes.positions()).toMatchObject([{ lastSequence: 0, closed: false }]);
  rmdirSync(next);
  outboxes.closeOwn();
  expect(outboxes.positions()).toMatchObject([{ lastSequence: 1, closed: true }]);
});

test('an outbox whose process lived on at the start is taken over once that has ended', async () => {
  const before = await start();
  spend(before);
  const after = await start({ lookAgainMs: 20 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(after.positions()).toHaveLength(1);
  await end(before);
  await vi.waitFor(() => expect(after.positions()).toHaveLength(2), 20_000);
  expect(after.positions()[1]).toMatchObject({ lastSequence: 1, closed: true });
});

test('an outbox from before a reboot is reported as open, and removed once the ledger has what is left of it', async () => {
  const before = await start();
  spend(before);
  spend(before)();
  await end(before);
  const after = await start({}, { bootId: randomUUID() });
  const [own, left] = after.positions();
  expect(left).toMatchObject({ lastSequence: 1, closed: false });
  after.cover(left?.outboxId ?? '', 0);
  expect(after.positions()).toHaveLength(2);
  after.cover(left?.outboxId ?? '', 1);
  expect(after.positions()).toEqual([own]);
  await vi.waitFor(() => expect(readdirSync(directory).join()).not.toContain(left?.outboxId), 20_000);
});
