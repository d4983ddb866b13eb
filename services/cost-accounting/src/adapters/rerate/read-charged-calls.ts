import { Usage } from '@switchyard/contracts/routing';
import type { ChargedPrices } from '@switchyard/llm';
import type { Transaction } from '@switchyard/service-kit';
import type { Rerating } from '../../domain/price/read-rerating.ts';
import type { ChargedCall } from '../../domain/price/rerate.ts';

/** Counts of usage and their columns. */
const COUNTS = {
  inputTokens: 'input_tokens',
  cacheReadTokens: 'cache_read_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  cacheWrite1hTokens: 'cache_write_1h_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  inputAudioTokens: 'input_audio_tokens',
  outputAudioTokens: 'output_audio_tokens',
  searches: 'searches',
  outputImages: 'output_images',
  sizedOutputImages: 'sized_output_images',
  inputImageTokens: 'input_image_tokens',
  outputImageTokens: 'output_image_tokens',
  inputAudioSeconds: 'input_audio_seconds',
  outputAudioSeconds: 'output_audio_seconds',
  inputCharacters: 'input_characters',
} as const satisfies Partial<Record<keyof Usage, string>>;
const COLUMNS = Object.values(COUNTS);

// Of calls whose end is not known, and of what the cache answered, there is no usage.
const READ = `
  SELECT outbox_id, sequence, to_char(occurred_on, 'YYYY-MM-DD') AS day, amount_nano_usd, prices::text AS prices, ${COLUMNS.join(', ')},
    (SELECT after_nano_usd FROM cost_accounting.price_adjustments AS made
      WHERE made.of_outbox_id = entry.outbox_id AND made.of_sequence = entry.sequence
      ORDER BY made_at DESC, made.sequence DESC LIMIT 1) AS adjusted_nano_usd
  FROM cost_accounting.ledger AS entry
  WHERE occurred_at >= $1 AND occurred_at < $2
    AND occurred_on BETWEEN ($1 AT TIME ZONE 'UTC')::date AND ($2 AT TIME ZONE 'UTC')::date
    AND $3 IN ('', tenant) AND $4 IN ('', provider) AND $5 IN ('', model)
    AND line IN ('charge', 'waste', 'overdraft') AND cache = '' AND coalesce(${COLUMNS.join(', ')}) IS NOT NULL
  ORDER BY outbox_id, sequence LIMIT $6`;

type CallRow = Readonly<Record<(typeof COUNTS)[keyof typeof COUNTS], string | null>> & {
  readonly outbox_id: string;
  readonly sequence: string;
  readonly day: string;
  readonly amount_nano_usd: string | null;
  readonly adjusted_nano_usd: string | null;
  readonly prices: string | null;
};

/** Calls that were charged in a time and whose usage is known; at most `limit`. */
export async function readChargedCalls(
  transaction: Transaction,
  { period, tenant, provider, model }: Rerating,
  limit: number,
): Promise<readonly ChargedCall[]> {
  const values = [new Date(period.fromMs), new Date(period.toMs), tenant, provider, model, limit];
  const { rows } = await transaction.query<CallRow>(READ, values);
  return rows.map((row) => {
    const cost = row.adjusted_nano_usd ?? row.amount_nano_usd;
    return {
      ...{ outboxId: row.outbox_id, sequence: Number(row.sequence), day: row.day },
      usage: usageOf(row),
      prices: pricesOfText(row.prices),
      costNanoUsd: cost === null ? undefined : BigInt(cost),
    };
  });
}

function usageOf(row: CallRow): Usage {
  const counts = Object.entries(COUNTS).map(([name, column]) => {
    const count = row[column];
    return [name, count === null ? undefined : Number(count)];
  });
  return Usage.fromPartial(Object.fromEntries(counts));
}

/** JSON numbers may be longer than JavaScript's: read as text, exactly. */
function pricesOfText(json: string | null): ChargedPrices {
  if (json === null) return {};
  const members = json.matchAll(/"(\w+)": (\d+)/g);
  return Object.fromEntries([...members].map(([, name, price]) => [name, BigInt(price ?? '0')]));
}
