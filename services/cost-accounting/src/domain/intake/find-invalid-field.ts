import type { UsageRecord } from '@switchyard/contracts/events';

/** Most characters of a text field; longer ones would not fit an index, and nothing that routing sends is near it. */
const MAX_TEXT = 512;
const MAX_LABELS = 64;
const MAX_COMPONENTS = 64;
const MAX_LEASES = 64;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** The year 9999: beyond it no calendar goes on for ever. */
const MAX_WINDOW_MS = BigInt(Date.UTC(9999, 0, 1));
/** Largest value of a Postgres bigint. */
const MAX_BIGINT = 2n ** 63n - 1n;
const MAX_INTEGER = 2 ** 31 - 1;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const TEXTS = [
  'requestId',
  'tenant',
  'agent',
  'workflow',
  'service',
  'keyId',
  'provider',
  'model',
  'requestedModel',
  'outcome',
  'replica',
  'region',
  'traceparent',
] as const satisfies readonly (keyof UsageRecord)[];

/** The first field of a record that cannot be booked, with what is wrong; undefined where all can. */
export function findInvalidField(record: UsageRecord): string | undefined {
  for (const name of TEXTS) {
    if (!isText(record[name])) return `${name} is longer than ${MAX_TEXT} characters or holds a NUL`;
  }
  if (!UUID.test(record.attemptId)) return 'attemptId is not a UUID';
  if (record.requestId === '') return 'requestId is missing';
  if (record.provider === '') return 'provider is missing';
  if (record.attemptIndex > MAX_INTEGER || record.httpStatus > MAX_INTEGER) return 'a count is out of range';
  return findInvalidAmount(record) ?? findInvalidMap(record) ?? findInvalidLease(record);
}

function findInvalidAmount(record: UsageRecord): string | undefined {
  const { costNanoUsd, holdNanoUsd, savedNanoUsd, durationUs, firstTokenUs, overheadUs, prices } = record;
  if (record.reservation && costNanoUsd !== 0n) return 'costNanoUsd of a reservation is not 0';
  if (costNanoUsd !== undefined && costNanoUsd < 0n) return 'costNanoUsd is below 0';
  if (holdNanoUsd !== undefined && holdNanoUsd < 0n) return 'holdNanoUsd is below 0';
  if (savedNanoUsd !== undefined && savedNanoUsd < 0n) return 'savedNanoUsd is below 0';
  for (const time of [durationUs, firstTokenUs, overheadUs]) {
    if (time !== undefined && time > MAX_BIGINT) return 'a duration is out of range';
  }
  if (prices !== undefined) {
    if (!isText(prices.priceVersion)) return 'prices.priceVersion is no short text';
    for (const kind in prices) {
      const price = prices[kind as keyof typeof prices];
      if (typeof price === 'bigint' && price < 0n) return `prices.${kind} is below 0`;
    }
  }
  return undefined;
}

const findInvalidLease = (record: UsageRecord): string | undefined =>
  findInvalidUse(record, 'leases') ?? findInvalidUse(record, 'reserved');

function findInvalidUse(record: UsageRecord, name: 'leases' | 'reserved'): string | undefined {
  const uses = record[name];
  if (uses.length > MAX_LEASES) return `${name} has more than ${MAX_LEASES} entries`;
  for (const { budget, windowStartMs, amount } of uses) {
    if (budget > MAX_SAFE || windowStartMs < 0n || windowStartMs > MAX_WINDOW_MS)
      return 'a lease names no window';
    if (amount < 0n) return 'the amount of a lease is below 0';
  }
  return undefined;
}

function findInvalidMap({ labels, componentsNanoUsd }: UsageRecord): string | undefined {
  const names = Object.keys(labels);
  if (names.length > MAX_LABELS) return `labels has more than ${MAX_LABELS} entries`;
  if (!names.every((name) => isText(name) && isText(labels[name] ?? ''))) return 'a label is no short text';
  const components = Object.keys(componentsNanoUsd);
  if (components.length > MAX_COMPONENTS) return 'componentsNanoUsd has too many entries';
  return components.every(isText) ? undefined : 'a component of the cost has no short name';
}

/** Postgres texts hold no NUL. */
function isText(text: string): boolean {
  return text.length <= MAX_TEXT && !text.includes('\0');
}
