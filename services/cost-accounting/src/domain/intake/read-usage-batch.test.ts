import { LineKind, UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUsageBatch } from './read-usage-batch.ts';

const NOW_MS = Date.UTC(2026, 6, 2);

const RECORD = UsageRecord.encode(
  UsageRecord.fromPartial({
    attemptId: '0198d1c8-6d2f-7000-8000-000000000001',
    requestId: 'r1',
    tenant: 'acme',
    provider: 'openai-main',
    occurredAt: new Date(NOW_MS),
    line: LineKind.CHARGE,
  }),
).finish();

const batch = (records: readonly { sequence: bigint; record: Uint8Array }[], outboxId = 'o1') =>
  UsageBatch.encode({
    outboxId,
    records: records.map(({ sequence, record }) => ({ sequence, record: Buffer.from(record) })),
  }).finish();

describe('reading a message', () => {
  it('gives each record its number and the digest of its bytes', () => {
    const { records, nameless, readable } = readUsageBatch(batch([{ sequence: 7n, record: RECORD }]), NOW_MS);
    expect({ nameless, readable }).toEqual({ nameless: [], readable: true });
    expect(records).toMatchObject([{ outboxId: 'o1', sequence: 7, verdict: { ok: true } }]);
    expect(records[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('sets the whole aside where it is no batch: no outbox, no records, or far too many', () => {
    const many = Array.from({ length: 1_025 }, () => ({ sequence: 1n, record: Buffer.alloc(0) }));
    const one = [{ sequence: 1n, record: RECORD }];
    for (const payload of [batch([]), batch(one, ''), batch(one, 'o'.repeat(129)), batch(many)]) {
      const read = readUsageBatch(payload, NOW_MS);
      expect(read).toMatchObject({ records: [], readable: false });
      expect(read.nameless).toMatchObject([{ poison: { reason: 'unreadable_batch' } }]);
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readUsageBatch(bytes, NOW_MS)));
  });

  it('never lets one record spoil another, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (record, sequence) => {
          const beside = { sequence: 1n, record: RECORD };
          const { records } = readUsageBatch(batch([{ sequence, record }, beside]), NOW_MS);
          expect(records.at(-1)).toMatchObject({ sequence: 1, verdict: { ok: true } });
        },
      ),
    );
  });

  it('survives a record that was damaged anywhere', () => {
    fc.assert(
      fc.property(fc.nat(RECORD.length - 1), fc.nat(255), (position, byte) => {
        const damaged = Uint8Array.from(RECORD);
        damaged[position] = byte;
        expect(readUsageBatch(batch([{ sequence: 1n, record: damaged }]), NOW_MS).records).toHaveLength(1);
      }),
    );
  });

  it.each([
    [
      'of a window beyond the calendar',
      { budget: 1n, windowStartMs: 8_640_000_000_000_000n, amount: 1n },
      'names no window',
    ],
    ['below 0', { budget: 1n, windowStartMs: 0n, amount: -1n }, 'below 0'],
  ])('sets a record aside whose lease is %s', (_what, lease, detail) => {
    const record = UsageRecord.encode({ ...UsageRecord.decode(RECORD), leases: [lease] }).finish();
    expect(readUsageBatch(batch([{ sequence: 1n, record }]), NOW_MS).records).toMatchObject([
      {
        verdict: { ok: false, error: { reason: 'invalid_record', detail: expect.stringContaining(detail) } },
      },
    ]);
  });
});
