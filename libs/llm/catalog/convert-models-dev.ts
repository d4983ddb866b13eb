import { parseUsd } from '@switchyard/kernel';
import type { Capability } from '../src/catalog/capabilities.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../src/formats/json.ts';
import type { ProviderEntry } from './first-party-providers.ts';
import type { SnapshotOffering, SnapshotPrices } from './snapshot-form.ts';
import { servesChat, supportsStructuredOutput } from './source-corrections.ts';

/** From this many tokens on a context is called long. */
const LONG_CONTEXT_TOKENS = 200_000;
/** A price above is a mistake of the source: USD 10,000 per million tokens. */
const HIGHEST_PRICE = 10_000_000_000_000n;

const PRICE_NAMES: Readonly<Record<string, string>> = {
  input: 'input',
  output: 'output',
  cache_read: 'cacheRead',
  cached_input: 'cacheRead',
  cache_write: 'cacheWrite',
  reasoning: 'reasoning',
  input_audio: 'inputAudio',
  output_audio: 'outputAudio',
};

/** Offerings of one provider in models.dev's `api.json`, by model id; those that answer a chat with text. */
export function convertModelsDev(source: JsonObject, provider: ProviderEntry): SnapshotOffering[] {
  const models = objectAt(objectAt(source, provider.sourceId) ?? {}, 'models') ?? {};
  return Object.values(models)
    .filter(isObject)
    .filter((model) => servesChat(provider.id, model))
    .map((model) => convertModel(provider.id, model))
    .sort((a, b) => (a.model < b.model ? -1 : 1));
}

function convertModel(provider: string, source: JsonObject): SnapshotOffering {
  const model = stringAt(source, 'id') ?? '';
  const limit = objectAt(source, 'limit') ?? {};
  const cost = objectAt(source, 'cost') ?? {};
  const free = provider === 'openrouter' && model.endsWith(':free') ? 'free' : 'paid';
  const tiers = convertTiers(provider, cost);
  return {
    provider,
    model,
    name: stringAt(source, 'name') ?? model,
    capabilities: deriveCapabilities(provider, source),
    traits: convertTraits(source),
    contextTokens: positive(limit.context),
    maxOutputTokens: positive(limit.output),
    prices: convertPrices({ provider, cost, kind: free }),
    tiers: tiers.length === 0 ? undefined : tiers,
    releasedOn: stringAt(source, 'release_date'),
    deprecated: source.status === 'deprecated' ? true : undefined,
  };
}

function deriveCapabilities(provider: string, source: JsonObject): Capability[] {
  const inputs = objectAt(source, 'modalities')?.input;
  const takes = (modality: string) => Array.isArray(inputs) && inputs.includes(modality);
  const context = Number(objectAt(source, 'limit')?.context ?? 0);
  const found: Record<string, boolean> = {
    text: true,
    vision: takes('image'),
    audio_in: takes('audio'),
    // No source states streaming and code: every chat API streams, and a model that calls tools writes code.
    code: source.tool_call === true || source.reasoning === true,
    tools: source.tool_call === true,
    structured_output: source.structured_output === true || supportsStructuredOutput(provider, source),
    streaming: true,
    reasoning: source.reasoning === true,
    long_context: context >= LONG_CONTEXT_TOKENS,
    video: takes('video'),
  };
  return Object.keys(found).filter((name) => found[name]) as Capability[];
}

function convertTraits(source: JsonObject): object | undefined {
  const options = Array.isArray(source.reasoning_options)
    ? source.reasoning_options.filter(isObject)
    : undefined;
  const effort = options?.find(({ type }) => type === 'effort');
  const budget = options?.find(({ type }) => type === 'budget_tokens');
  const traits = {
    sampling: source.temperature === false ? false : undefined,
    // Without any option stated it is unknown what can be set, rather than nothing.
    reasoningEfforts: effort?.values ?? (budget === undefined ? undefined : []),
    reasoningBudget: budget && { min: positive(budget.min) ?? 0, max: positive(budget.max) },
  };
  return Object.values(traits).every((value) => value === undefined) ? undefined : traits;
}

/** `tiers`, or the older `context_over_200k`. */
function convertTiers(
  provider: string,
  cost: JsonObject,
): { aboveInputTokens: number; prices: SnapshotPrices }[] {
  const listed = Array.isArray(cost.tiers) ? cost.tiers.filter(isObject) : [];
  const tiers = listed.map((tier) => ({ above: positive(objectAt(tier, 'tier')?.size), tier }));
  const older = objectAt(cost, 'context_over_200k');
  if (tiers.length === 0 && older !== undefined) tiers.push({ above: 200_000, tier: older });
  return tiers
    .flatMap(({ above, tier }) => {
      const prices = convertPrices({ provider, cost: tier, kind: 'paid' });
      return above === undefined || prices === undefined ? [] : [{ aboveInputTokens: above, prices }];
    })
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
}

/** A price of 0 from a provider that is paid means that the source does not know it. */
function convertPrices({
  provider,
  cost,
  kind,
}: {
  readonly provider: string;
  readonly cost: JsonObject;
  readonly kind: 'free' | 'paid';
}): SnapshotPrices | undefined {
  const prices: SnapshotPrices = {};
  for (const [name, field] of Object.entries(PRICE_NAMES)) {
    const price = typeof cost[name] === 'number' ? parseUsd(String(cost[name])) : undefined;
    if (price === undefined || price < 0n || price > HIGHEST_PRICE || (price === 0n && kind === 'paid'))
      continue;
    prices[field] = Number(price);
  }
  correctCacheWrites(provider, prices);
  return Object.keys(prices).length === 0 ? undefined : prices;
}

/**
 * Anthropic: writing costs 1.25 times the input for five minutes, 2 times for an hour; the source knows the first only,
 * and not always. https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 *
 * Elsewhere a write that is cheaper than plain input is another unit's price (Gemini's storage by the hour).
 */
function correctCacheWrites(provider: string, prices: SnapshotPrices): void {
  const { input, cacheWrite } = prices;
  if (input === undefined) return;
  if (provider === 'anthropic') {
    if (cacheWrite === undefined || cacheWrite < input) prices.cacheWrite = (input * 5) / 4;
    prices.cacheWrite1h = input * 2;
  } else if (cacheWrite !== undefined && cacheWrite < input) delete prices.cacheWrite;
}

function positive(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}
