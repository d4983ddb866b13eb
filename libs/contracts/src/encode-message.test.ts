import { expect, test } from 'vitest';
import { encodeMessage } from './encode-message.ts';
import { UsageRecord } from './events.ts';

const record = (model: string) =>
  UsageRecord.fromPartial({ model, agent: 'a', componentsNanoUsd: { input: 5n } });

test('messages are encoded as by the generated code, one after another, long ones too', () => {
  for (const model of ['short', 'm'.repeat(200_000), 'é'.repeat(100), '', 'short'])
    expect(encodeMessage(UsageRecord, record(model))).toEqual(UsageRecord.encode(record(model)).finish());
});

test('what was encoded stays as it is', () => {
  const first = encodeMessage(UsageRecord, record('first'));
  encodeMessage(UsageRecord, record('other'));
  expect(UsageRecord.decode(first).model).toBe('first');
});

test('a message that cannot be encoded leaves nothing in the next one', () => {
  expect(() => encodeMessage(UsageRecord, { ...record('broken'), httpStatus: -1 })).toThrow(/invalid/);
  expect(UsageRecord.decode(encodeMessage(UsageRecord, record('next')))).toEqual(record('next'));
});
