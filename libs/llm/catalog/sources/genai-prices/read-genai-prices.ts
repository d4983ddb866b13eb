import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/formats/json.ts';
import type { Registry } from '../../registry/registry.ts';
import { positive } from '../positive.ts';
import type { SourceEntry } from '../source-entry.ts';
import { matchesModel } from './match-model.ts';
import { readPrices } from './read-prices.ts';

/** What is asked of the source. */
export interface GenaiPricesQuestion {
  /** Models that other sources know, by provider. */
  readonly models: ReadonlyMap<string, readonly string[]>;
  /** The day for which prices are wanted. */
  readonly day: string;
}

/**
 * What genai-prices says of models that others know: its entries are rules over names ("starts with gpt-4o"), so it votes on
 * prices and adds no model. The first rule that fits counts. USD per million tokens.
 */
export function readGenaiPrices(
  data: unknown,
  { models, day }: GenaiPricesQuestion,
  registry: Registry,
): SourceEntry[] {
  return (Array.isArray(data) ? data : []).filter(isObject).flatMap((source) => {
    const sourceId = stringAt(source, 'id') ?? '';
    const provider = registry.ofSource('genai-prices', sourceId);
    if (provider === undefined) return [];
    const rules = arrayAt(source, 'models').filter(isObject);
    return (models.get(provider.id) ?? []).flatMap((model) => {
      const rule = rules.find(({ match }) => matchesModel(match, model.toLowerCase()));
      if (rule === undefined) return [];
      return [
        voteOf(rule, { provider: provider.id, model, at: [sourceId, stringAt(rule, 'id') ?? ''], day }),
      ];
    });
  });
}

interface Vote extends Pick<SourceEntry, 'provider' | 'model' | 'at'> {
  readonly day: string;
}

function voteOf(rule: JsonObject, { day, ...about }: Vote): SourceEntry {
  return {
    ...about,
    source: 'genai-prices',
    contextTokens: positive(rule.context_window),
    can: new Set(),
    cannot: new Set(),
    regions: [],
    prices: readPrices(rule.prices, day),
  };
}
