import type { ModelMode } from '../../../src/catalog/model-mode.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/formats/json.ts';
import type { Registry } from '../../registry/registry.ts';
import { modeOfName } from '../mode-of-name.ts';
import { type PriceSheet, type SourceEntry, stated } from '../source-entry.ts';
import { readPrices } from './read-prices.ts';

const MODES: Readonly<Record<string, ModelMode>> = {
  chat: 'chat',
  text: 'completion',
  embedding: 'embeddings',
  image: 'image',
  image_generation: 'image',
  responses: 'responses',
  moderation: 'moderation',
  rerank: 'rerank',
  video: 'video',
  ocr: 'ocr',
};

/** Rows that are no model: the provider's own, and steps of a price that others have as tiers. */
const NO_MODEL = /^default$|-(?:lte|gt)-\d+k$/;

/** A provider's two files: prices (cents per unit), and what its models are. */
export interface PortkeyFiles {
  readonly pricing: JsonObject;
  /** Absent at the live origin. */
  readonly general: JsonObject | undefined;
}

/** Entries of one provider of Portkey's models, by its id there. */
export function readPortkey(
  file: string,
  { pricing, general }: PortkeyFiles,
  registry: Registry,
): SourceEntry[] {
  const provider = registry.ofSource('portkey', file);
  if (provider === undefined) return [];
  return Object.entries(pricing).flatMap(([model, row]) => {
    if (NO_MODEL.test(model) || !isObject(row) || !isObject(row.pricing_config)) return [];
    const facts = readFacts(model, objectAt(general ?? {}, model));
    return [
      {
        ...facts,
        source: 'portkey',
        provider: provider.id,
        model,
        regions: [],
        prices: byMode(readPrices(row), facts.mode),
        at: [file, model],
      },
    ];
  });
}

/** From this many nano-USD per million on, what is written as a token's price is that of a search or a page: USD 500. */
const DEAREST_TOKEN = 500_000_000_000n;

/** The source writes prices of searches and pages where others have those of tokens. */
function byMode(sheet: PriceSheet, mode: ModelMode | undefined): PriceSheet {
  const { input } = sheet.base;
  const unit = mode === 'rerank' ? 'query' : mode === 'ocr' ? 'page' : undefined;
  if (unit === undefined || input === undefined || input < DEAREST_TOKEN) return sheet;
  return { ...sheet, base: {}, units: { ...sheet.units, [unit]: input } };
}

function readFacts(model: string, facts: JsonObject | undefined) {
  const type = objectAt(facts ?? {}, 'type');
  const supported = Array.isArray(type?.supported) ? type.supported : [];
  const has = (word: string) => (supported.includes(word) ? true : undefined);
  return {
    mode: modeOfName(model) ?? MODES[stringAt(type ?? {}, 'primary') ?? ''],
    ...stated({ tools: has('tools'), vision: has('image') }),
  };
}
