import type { ModelMode } from '../../../src/catalog/model-mode.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/formats/json.ts';
import type { Registry } from '../../registry/registry.ts';
import { positive } from '../positive.ts';
import { NO_PRICES, type SourceEntry, stated } from '../source-entry.ts';
import { readKey } from './read-key.ts';
import { readPrices } from './read-prices.ts';

const MODES: Readonly<Record<string, ModelMode>> = {
  chat: 'chat',
  responses: 'responses',
  completion: 'completion',
  embedding: 'embeddings',
  image_generation: 'image',
  image_edit: 'image',
  audio_transcription: 'transcription',
  audio_speech: 'speech',
  video_generation: 'video',
  rerank: 'rerank',
  moderation: 'moderation',
  realtime: 'realtime',
  ocr: 'ocr',
};

/**
 * Entries of LiteLLM's `model_prices_and_context_window.json`: key → facts, USD per unit. Its OpenRouter rows are stale,
 * and its search tools are no models: providers that the registry does not know from it are left out.
 */
export function readLitellm(data: JsonObject, registry: Registry): SourceEntry[] {
  return Object.entries(data).flatMap(([key, row]) => {
    if (!isObject(row)) return [];
    const provider = registry.ofSource('litellm', stringAt(row, 'litellm_provider') ?? '');
    const read = readKey(key);
    const mode = MODES[stringAt(row, 'mode') ?? ''];
    if (provider === undefined || read === undefined || mode === undefined) return [];
    const entry = { ...readRow(row), mode, provider: provider.id, model: read.model, at: [key] };
    return [read.region === undefined ? entry : inRegion(entry, read.region)];
  });
}

/** A row for one region says what is charged there, and nothing of other regions. */
function inRegion(entry: SourceEntry, region: string): SourceEntry {
  return {
    ...entry,
    prices: { ...NO_PRICES, regional: [{ region, prices: entry.prices.base }] },
  };
}

function readRow(row: JsonObject): Omit<SourceEntry, 'provider' | 'model' | 'at'> {
  const flag = (name: string) => (row[name] === true ? true : undefined);
  const lists = (name: string, word: string) => Array.isArray(row[name]) && row[name].includes(word);
  return {
    source: 'litellm',
    contextTokens: positive(row.max_input_tokens),
    maxOutputTokens: positive(row.max_output_tokens),
    ...stated({
      vision: flag('supports_vision'),
      audio_in: flag('supports_audio_input'),
      audio_out: flag('supports_audio_output'),
      video: flag('supports_video_input'),
      tools: flag('supports_function_calling'),
      reasoning: flag('supports_reasoning'),
      // `supports_response_schema` is said of what it imitates with a tool or a prompt, too.
      structured_output: flag('supports_native_structured_output'),
      streaming: flag('supports_native_streaming'),
      batch: lists('supported_endpoints', '/v1/batch') ? true : undefined,
    }),
    regions: Array.isArray(row.supported_regions) ? row.supported_regions.filter(isText) : [],
    deprecatedOn: dateOf(stringAt(row, 'deprecation_date')),
    statedBaseUrl: stringAt(objectAt(row, 'metadata') ?? {}, 'api_base'),
    prices: readPrices(row),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const dateOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
