import type { RatedPrices } from '@switchyard/contracts/events';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import type { LedgerEntry } from '../domain/ledger/ledger-entry.ts';
import { bytesArray, plainArray, textArray } from './postgres-arrays.ts';

/** A record that is an entry. */
export interface NumberedEntry {
  readonly record: NumberedRecord;
  readonly entry: LedgerEntry;
  /** UTC time of the entry as `2026-07-02T10:00:00.000Z`. */
  readonly occurredAt: string;
}

/** One column of the ledger and how many entries become one array for it. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly toArray: (entries: readonly NumberedEntry[]) => string;
}

type Plain = number | bigint | boolean | string | undefined;

const text = (name: string, value: (entry: LedgerEntry) => string | undefined): Column => ({
  name,
  type: 'text',
  toArray: (entries) => textArray(entries.map(({ entry }) => value(entry))),
});

const plain = (name: string, type: string, value: (entry: LedgerEntry) => Plain): Column => ({
  name,
  type,
  toArray: (entries) => plainArray(entries.map(({ entry }) => value(entry))),
});

const json = (name: string, value: (entry: LedgerEntry) => string | undefined): Column => ({
  ...text(name, value),
  type: 'jsonb',
});

/** The ledger's columns. The only place that knows how an entry becomes a row. */
export const LEDGER_COLUMNS: readonly Column[] = [
  {
    name: 'outbox_id',
    type: 'text',
    toArray: (entries) => textArray(entries.map(({ record }) => record.outboxId)),
  },
  {
    name: 'sequence',
    type: 'bigint',
    toArray: (entries) => plainArray(entries.map(({ record }) => record.sequence)),
  },
  {
    name: 'occurred_on',
    type: 'date',
    toArray: (entries) => plainArray(entries.map(({ occurredAt }) => dayOf(occurredAt))),
  },
  {
    name: 'occurred_at',
    type: 'timestamptz',
    toArray: (entries) => plainArray(entries.map(({ occurredAt }) => occurredAt)),
  },
  {
    name: 'digest',
    type: 'bytea',
    toArray: (entries) => bytesArray(entries.map(({ record }) => record.digest)),
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
  plain('input_tokens', 'bigint', (entry) => entry.inputTokens),
  plain('cache_read_tokens', 'bigint', (entry) => entry.cacheReadTokens),
  plain('cache_write_tokens', 'bigint', (entry) => entry.cacheWriteTokens),
  plain('cache_write_1h_tokens', 'bigint', (entry) => entry.cacheWrite1hTokens),
  plain('output_tokens', 'bigint', (entry) => entry.outputTokens),
  plain('reasoning_tokens', 'bigint', (entry) => entry.reasoningTokens),
  plain('input_audio_tokens', 'bigint', (entry) => entry.inputAudioTokens),
  plain('output_audio_tokens', 'bigint', (entry) => entry.outputAudioTokens),
  plain('searches', 'bigint', (entry) => entry.searches),
  plain('output_images', 'bigint', (entry) => entry.outputImages),
  plain('sized_output_images', 'bigint', (entry) => entry.sizedOutputImages),
  plain('input_image_tokens', 'bigint', (entry) => entry.inputImageTokens),
  plain('output_image_tokens', 'bigint', (entry) => entry.outputImageTokens),
  plain('input_audio_seconds', 'bigint', (entry) => entry.inputAudioSeconds),
  plain('output_audio_seconds', 'bigint', (entry) => entry.outputAudioSeconds),
  plain('input_characters', 'bigint', (entry) => entry.inputCharacters),
  plain('estimated', 'boolean', (entry) => entry.estimated),
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
  for (const [kind, amount] of Object.entries(components)) members += `,${JSON.stringify(kind)}:${amount}`;
  return `{${members.slice(1)}}`;
}

function pricesJson(prices: RatedPrices): string {
  let members = '';
  for (const [kind, price] of Object.entries(prices)) {
    if (typeof price === 'bigint') members += `,"${kind}":${price}`;
  }
  return `{${members.slice(1)}}`;
}
