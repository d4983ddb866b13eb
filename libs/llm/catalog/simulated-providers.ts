import type { Capability } from '../src/catalog/capabilities.ts';
import type { CatalogProvider } from '../src/catalog/catalog-provider.ts';
import type { WireFormatId } from '../src/formats/wire-format.ts';
import type { Prices } from '../src/rating/prices.ts';
import type { MergedOffering } from './merge/merged-offering.ts';

/** Nano-USD in a cent, per million tokens. */
const CENT = 10_000_000n;

const simulated = (
  wireFormat: WireFormatId,
  { name, auth }: { readonly name: string; readonly auth: string },
): CatalogProvider => ({
  id: `sim-${wireFormat.split('-')[0]}`,
  name: `Simulated ${name}`,
  wireFormat,
  baseUrl: undefined,
  auth: [auth],
  keyVariables: [],
  dialect: undefined,
  kind: 'simulated',
  pickedUp: false,
  simulated: true,
});

/** Providers that exist only in the bundled simulator. */
export const SIMULATED_PROVIDERS: readonly CatalogProvider[] = [
  simulated('openai-chat', { name: 'OpenAI', auth: 'bearer' }),
  simulated('anthropic-messages', { name: 'Anthropic', auth: 'x-api-key' }),
  simulated('gemini', { name: 'Gemini', auth: 'x-goog-api-key' }),
];

/** Invented prices: each provider's differ, so that there is a cheapest one, and a round figure shows a mistake. */
const FAST_INPUT_CENTS: Readonly<Record<string, bigint>> = {
  'sim-openai': 10n,
  'sim-anthropic': 20n,
  'sim-gemini': 30n,
};

const FAST: readonly Capability[] = ['text', 'code', 'vision', 'tools', 'structured_output', 'streaming'];
const SMART: readonly Capability[] = [...FAST, 'audio_in', 'reasoning', 'long_context'];

/** The same two models at each of them, so that a failure has somewhere to go. */
export const SIMULATED_OFFERINGS: readonly MergedOffering[] = SIMULATED_PROVIDERS.flatMap(({ id }) => {
  const cents = FAST_INPUT_CENTS[id] ?? 10n;
  return [
    {
      ...simulatedOffering(id, FAST),
      model: 'sim-fast',
      name: 'Simulated fast model',
      contextTokens: 128_000,
      maxOutputTokens: 16_384,
      prices: pricesFrom(cents * CENT),
    },
    {
      ...simulatedOffering(id, SMART),
      model: 'sim-smart',
      name: 'Simulated smart model',
      contextTokens: 1_000_000,
      maxOutputTokens: 65_536,
      prices: { ...pricesFrom(cents * 20n * CENT), reasoning: cents * 100n * CENT },
    },
  ];
});

function simulatedOffering(provider: string, capabilities: readonly Capability[]) {
  return {
    provider,
    mode: 'chat' as const,
    wireFormat: undefined,
    capabilities: new Set(capabilities),
    derivedCapabilities: new Set<Capability>(),
    traits: undefined,
    priceSource: 'correction' as const,
    priceVotes: [],
    tiers: [],
    serviceTiers: {},
    unitPrices: {},
    regionalPrices: [],
    regions: [],
    aliasOf: undefined,
    isAlias: false,
    releasedOn: undefined,
    deprecatedOn: undefined,
    deprecated: false,
    unlisted: false,
  };
}

/** A tenth for what is read from the cache, 1.25 and 2 times for what is written, 4 times for the output. */
function pricesFrom(input: bigint): Prices {
  return {
    input,
    output: input * 4n,
    cacheRead: input / 10n,
    cacheWrite: (input * 5n) / 4n,
    cacheWrite1h: input * 2n,
    inputAudio: input * 3n,
  };
}
