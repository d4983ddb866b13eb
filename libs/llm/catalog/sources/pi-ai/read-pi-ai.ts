import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/formats/json.ts';
import type { Prices } from '../../../src/rating/prices.ts';
import type { Registry } from '../../registry/registry.ts';
import { decimalPrice, isEmpty, knownPrices, PER_MILLION } from '../decimal-price.ts';
import { modeOfName } from '../mode-of-name.ts';
import { positive } from '../positive.ts';
import { NO_PRICES, type PriceSheet, type SourceEntry, stated } from '../source-entry.ts';

/**
 * Entries of one file of pi-ai, `{provider}.json`: dialect → `type:id` → model. USD per million tokens. The dialect is the
 * one that its author prefers, not the only one that the provider speaks.
 */
export function readPiAi(file: string, data: JsonObject, registry: Registry): SourceEntry[] {
  const provider = registry.ofSource('pi-ai', file);
  if (provider === undefined) return [];
  return Object.entries(data).flatMap(([dialect, models]) =>
    Object.entries(isObject(models) ? models : {}).flatMap(([key, model]) => {
      if (!isObject(model) || model.type !== 'chat') return [];
      return [{ ...readModel(model), provider: provider.id, at: [file, dialect, key] }];
    }),
  );
}

function readModel(source: JsonObject): Omit<SourceEntry, 'provider' | 'at'> {
  const model = stringAt(source, 'id') ?? '';
  return {
    source: 'pi-ai',
    model,
    name: stringAt(source, 'name') || undefined,
    mode: modeOfName(model) ?? 'chat',
    contextTokens: positive(source.contextWindow),
    maxOutputTokens: positive(source.maxTokens),
    ...stated({
      vision: Array.isArray(source.input) ? source.input.includes('image') : undefined,
      reasoning: typeof source.reasoning === 'boolean' ? source.reasoning : undefined,
    }),
    regions: [],
    statedBaseUrl: stringAt(source, 'baseUrl') || undefined,
    prices: readPrices(objectAt(source, 'cost') ?? {}),
  };
}

function readPrices(cost: JsonObject): PriceSheet {
  const tiers = (Array.isArray(cost.tiers) ? cost.tiers : []).filter(isObject).flatMap((tier) => {
    const above = positive(tier.inputTokensAbove);
    const prices = kindsOf(tier);
    return above === undefined || isEmpty(prices) ? [] : [{ aboveInputTokens: above, prices }];
  });
  tiers.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  return { ...NO_PRICES, base: kindsOf(cost), tiers };
}

const kindsOf = (cost: JsonObject): Prices =>
  knownPrices({
    input: decimalPrice(cost.input, PER_MILLION),
    output: decimalPrice(cost.output, PER_MILLION),
    cacheRead: decimalPrice(cost.cacheRead, PER_MILLION),
    cacheWrite: decimalPrice(cost.cacheWrite, PER_MILLION),
  });
