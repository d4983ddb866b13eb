import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { type Bus, createLogger } from '@switchyard/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbox, recoverOutboxes } from '../src/outbox/open-outbox.ts';
import type { Outbox, OutboxOptions } from '../src/outbox/outbox.ts';
import { OutboxPublisher, type PublishUsage } from '../src/outbox/outbox-publisher.ts';

let directory: string;
let options: OutboxOptions;
const stack: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'publisher-'));
  options = {
    directory,
    bootId: randomUUID(),
    segmentBytes: 4_096,
    maxBytes: 1_000_000,
    retainMs: 0,
    onFatal: (error) => {
      throw error;
    },
  };
});

afterEach(async () => {
  for (const end of stack.splice(0).reverse()) await end();
  rmSync(directory, { recursive: true });
});

function spend(outbox: Outbox, times: number): void {
  const usage = UsageRecord.encode(UsageRecord.fromPartial({ tenant: 't1' })).finish();
  for (let i = 0; i < times; i++) {
    const attemptId = randomUUID();
    outbox.hold(attemptId, usage);
    outbox.settle(attemptId, usage);
  }
}

/** Publishes an outbox; gives the numbers that the stream has taken, in order. */
function publishing(outbox: Outbox, take: PublishUsage = async () => {}) {
  const sent: number[] = [];
  const publisher = new OutboxPublisher({
    outbox,
    bus: { isConnected: true } as Bus,
    names: busNames('test'),
    log: createLogger({ service: 'test', level: 'silent' }),
    publish: async (message) => {
      await take(message);
      sent.push(...UsageBatch.decode(message.payload).records.map(({ sequence }) => Number(sequence)));
    },
    ensureStream: async () => {},
  });
  stack.push(() => publisher.stop());
  return { publisher, sent };
}

test('of a recovered outbox whose first segments are gone, all that the ledger lacks is sent', async () => {
  const dead = createOutbox(options);
  spend(dead, 300);
  dead.cover(250, 0);
  dead.dispose();
  const own = createOutbox(options);
  const [recovered] = await recoverOutboxes(options, [own]);
  const outbox = recovered?.outbox as Outbox;
  stack.push(
    () => own.dispose(),
    () => outbox.dispose(),
  );
  const [first] = await outbox.read(1, 1);
  expect(first?.sequence).toBeGreaterThan(1);
  const { publisher, sent } = publishing(outbox);
  publisher.onWatermark(250, 0);
  await vi.waitFor(() => expect(sent.at(-1)).toBe(300), 20_000);
  expect(sent).toEqual(Array.from({ length: 50 }, (_, i) => 251 + i));
});

test('what the stream refused is sent again, from the lowest refused number on', async () => {
  const outbox = createOutbox(options);
  stack.push(() => outbox.dispose());
  spend(outbox, 200);
  let refusals = 1;
  const { sent } = publishing(outbox, async ({ id }) => {
    if (id.includes(':65:') && refusals-- > 0) throw new Error('the stream is full');
  });
  await vi.waitFor(() => expect(new Set(sent).size).toBe(200), 20_000);
  expect(sent.filter((sequence) => sequence < 65)).toHaveLength(64);
});
