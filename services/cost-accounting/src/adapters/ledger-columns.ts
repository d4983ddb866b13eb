import type { RatedPrices } from '@switchyard/contracts/events';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import type { LedgerEntry } from '../domain/ledger/ledger-entry.ts';
import { hexArray, plainArray, textArray } from './postgres-arrays.ts';

/** A record that is an entry. */
export interface NumberedEntry {
  readonly record: NumberedRecord;
  readonly entry: LedgerEntry;
  /** UTC time of the entry as `2026-07-02T10:00:00.000Z`. */
  readonly occurredAt: string;
}

/** One column of the ledger and how many entries become one value of a statement for it. */
interface Column {
  readonly name: string;
  /** SQL that makes rows of the statement's value. */
  readonly rowsOf: (parameter: string) => string;
  readonly toValue: (entries: readonly NumberedEntry[]) => string;
}

const inArrayOf = (type: string) => (parameter: string) => `unnest(${parameter}::${type}[])`;

type Plain = number | bigint | boolean | string | undefined;

const text = (name: string, value: (entry: LedgerEntry) => string | undefined): Column => ({
  name,
  rowsOf: inArrayOf('text'),
  toValue: (entries) => textArray(entries.map(({ entry }) => value(entry))),
});

const plain = (name: string, type: string, value: (entry: LedgerEntry) => Plain): Column => ({
  name,
  rowsOf: inArrayOf(type),
  toValue: (entries) => plainArray(entries.map(({ entry }) => value(entry))),
});

/** All of them are one document: as texts of an array each of their quotes would be escaped here and unescaped there. */
const json = (name: string, value: (entry: LedgerEntry) => string | undefined): Column => ({
  name,
  rowsOf: (parameter) => `jsonb_array_elements(${parameter}::jsonb)`,
  toValue: (entries) => `[${entries.map(({ entry }) => value(entry) ?? 'null').join(',')}]`,
});

/** The ledger's columns. The only place that knows how an entry becomes a row. */
export const LEDGER_COLUMNS: readonly Column[] = [
  {
    name: 'outbox_id',
    rowsOf: inArrayOf('text'),
    toValue: (entries) => textArray(entries.map(({ record }) => record.outboxId)),
  },
  {
    name: 'sequence',
    rowsOf: inArrayOf('bigint'),
    toValue: (entries) => plainArray(entries.map(({ record }) => record.sequence)),
  },
  {
    name: 'occurred_on',
    rowsOf: inArrayOf('date'),
    toValue: (entries) => plainArray(entries.map(({ occurredAt }) => dayOf(occurredAt))),
  },
  {
    name: 'occurred_at',
    rowsOf: inArrayOf('timestamptz'),
    toValue: (entries) => plainArray(entries.map(({ occurredAt }) => occurredAt)),
  },
  {
    name: 'digest',
    rowsOf: inArrayOf('bytea'),
    toValue: (entries) => hexArray(entries.map(({ record }) => record.digest)),
  },
  text('tenant', (entry) => entry.tenant),
  text('line', (entry) => entry.line),
  text('debit_account', (entry) => entry.debitAccount),
  text('credit_account', (entry) => entry.creditAccount),
  plain('amount_nano_usd', 'bigint', (entry) => entry.amountNanoUsd),
  json('components_nano_usd', (entry) => componentsJson(entry.componentsNanoUsd)),
  plain('hold_nano_usd', 'bigint', (entry) => entry.holdNanoUsd),
  text('price_version', (entry) => entry.priceVersion),
  json('prices', (entry) => (entry.prices === undefined ? undefined : pricesJson(entry.prices))),
  text('request_id', (entry) => entry.requestId),
  plain('attempt_id', 'uuid', (entry) => entry.attemptId),
  plain('attempt_index', 'integer', (entry) => entry.attemptIndex),
  text('agent', (entry) => entry.agent),
  text('workflow', (entry) => entry.workflow),
  text('service', (entry) => entry.service),
  text('key_id', (entry) => entry.keyId),
  json('labels', (entry) => JSON.stringify(entry.labels)),
  text('provider', (entry) => entry.provider),
  text('model', (entry) => entry.model),
  text('requested_model', (entry) => entry.requestedModel),
  text('purpose', (entry) => entry.purpose),
  text('outcome', (entry) => entry.outcome),
  text('request_outcome', (entry) => entry.requestOutcome),
  plain('input_tokens', 'bigint', ({ usage }) => usage?.inputTokens),
  plain('cache_read_tokens', 'bigint', ({ usage }) => usage?.cacheReadTokens),
  plain('cache_write_tokens', 'bigint', ({ usage }) => usage?.cacheWriteTokens),
  plain('cache_write_1h_tokens', 'bigint', ({ usage }) => usage?.cacheWrite1hTokens),
  plain('output_tokens', 'bigint', ({ usage }) => usage?.outputTokens),
  plain('reasoning_tokens', 'bigint', ({ usage }) => usage?.reasoningTokens),
  plain('input_audio_tokens', 'bigint', ({ usage }) => usage?.inputAudioTokens),
  plain('output_audio_tokens', 'bigint', ({ usage }) => usage?.outputAudioTokens),
  plain('searches', 'bigint', ({ usage }) => usage?.searches),
  plain('output_images', 'bigint', ({ usage }) => usage?.outputImages),
  plain('sized_output_images', 'bigint', ({ usage }) => usage?.sizedOutputImages),
  plain('input_image_tokens', 'bigint', ({ usage }) => usage?.inputImageTokens),
  plain('output_image_tokens', 'bigint', ({ usage }) => usage?.outputImageTokens),
  plain('input_audio_seconds', 'bigint', ({ usage }) => usage?.inputAudioSeconds),
  plain('output_audio_seconds', 'bigint', ({ usage }) => usage?.outputAudioSeconds),
  plain('input_characters', 'bigint', ({ usage }) => usage?.inputCharacters),
  plain('estimated', 'boolean', ({ usage }) => usage?.estimated ?? false),
  plain('duration_us', 'bigint', (entry) => entry.durationUs),
  plain('first_token_us', 'bigint', (entry) => entry.firstTokenUs),
  plain('overhead_us', 'bigint', (entry) => entry.overheadUs),
  plain('stream', 'boolean', (entry) => entry.stream),
  text('replica', (entry) => entry.replica),
  text('region', (entry) => entry.region),
  plain('http_status', 'integer', (entry) => entry.httpStatus),
  plain('simulated', 'boolean', (entry) => entry.simulated),
  text('traceparent', (entry) => entry.traceparent),
  text('cache', (entry) => entry.cache),
  plain('saved_nano_usd', 'bigint', (entry) => entry.savedNanoUsd),
];

/** `2026-07-02T10:00:00.000Z` → `2026-07-02`. */
export const dayOf = (occurredAt: string): string => occurredAt.slice(0, 10);

// JSON numbers are exact in Postgres, whatever their size; JSON.stringify would throw on a bigint.
function componentsJson(components: Readonly<Record<string, bigint>>): string {
  let members = '';
  for (const kind in components) members += `,${JSON.stringify(kind)}:${components[kind]}`;
  return `{${members.slice(1)}}`;
}

function pricesJson(prices: RatedPrices): string {
  let members = '';
  for (const kind in prices) {
    const price = prices[kind as keyof RatedPrices];
    if (typeof price === 'bigint') members += `,"${kind}":${price}`;
  }
  return `{${members.slice(1)}}`;
}
