import type { CatalogProvider } from '../src/catalog/catalog.ts';
import type { WireFormatId } from '../src/formats/wire-format.ts';
import type { SnapshotOffering, SnapshotPrices } from './snapshot-form.ts';

/** Nano-USD in a cent, per million tokens. */
const CENT = 10_000_000;

const simulated = (wireFormat: WireFormatId, name: string): CatalogProvider => ({
  id: `sim-${wireFormat.split('-')[0]}`,
  name: `Simulated ${name}`,
  wireFormat,
  baseUrl: undefined,
  keyVariables: [],
  dialect: undefined,
  simulated: true,
});

/** Providers that exist only in the bundled simulator. */
export const SIMULATED_PROVIDERS: readonly CatalogProvider[] = [
  simulated('openai-chat', 'OpenAI'),
  simulated('anthropic-messages', 'Anthropic'),
  simulated('gemini', 'Gemini'),
];

/** Invented prices: each provider's differ, so that there is a cheapest one, and a round figure shows a mistake. */
const FAST_INPUT_CENTS: Readonly<Record<string, number>> = {
  'sim-openai': 10,
  'sim-anthropic': 20,
  'sim-gemini': 30,
};

/** The same two models at each of them, so that a failure has somewhere to go. */
export const SIMULATED_OFFERINGS: readonly SnapshotOffering[] = SIMULATED_PROVIDERS.flatMap(({ id }) => {
  const cents = FAST_INPUT_CENTS[id] ?? 10;
  return [
    {
      provider: id,
      model: 'sim-fast',
      name: 'Simulated fast model',
      capabilities: ['text', 'code', 'vision', 'tools', 'structured_output', 'streaming'],
      contextTokens: 128_000,
      maxOutputTokens: 16_384,
      prices: pricesFrom(cents * CENT),
    },
    {
      provider: id,
      model: 'sim-smart',
      name: 'Simulated smart model',
      capabilities: [
        'text',
        'code',
        'vision',
        'audio_in',
        'tools',
        'structured_output',
        'streaming',
        'reasoning',
        'long_context',
      ],
      contextTokens: 1_000_000,
      maxOutputTokens: 65_536,
      prices: { ...pricesFrom(cents * 20 * CENT), reasoning: cents * 100 * CENT },
    },
  ];
});

/** A tenth for what is read from the cache, 1.25 and 2 times for what is written, 4 times for the output. */
function pricesFrom(input: number): SnapshotPrices {
  return {
    input,
    output: input * 4,
    cacheRead: input / 10,
    cacheWrite: (input * 5) / 4,
    cacheWrite1h: input * 2,
    inputAudio: input * 3,
  };
}
