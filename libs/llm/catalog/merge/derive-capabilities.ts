import { CAPABILITIES, type Capability } from '../../src/catalog/capabilities.ts';
import type { ModelMode } from '../../src/catalog/model-mode.ts';
import type { SourceEntry } from '../sources/source-entry.ts';

/** From this many tokens on a context is called long. */
const LONG_CONTEXT_TOKENS = 200_000;

/** What a mode implies. */
const OF_MODE: Readonly<Record<ModelMode, readonly Capability[]>> = {
  // No source states streaming of each model: every API that answers with text streams it.
  chat: ['text', 'streaming'],
  responses: ['text', 'streaming'],
  completion: ['text', 'streaming'],
  embeddings: ['embeddings'],
  image: ['image_generation'],
  transcription: ['audio_in', 'transcription'],
  speech: ['audio_out', 'speech'],
  video: ['video'],
  rerank: ['rerank'],
  moderation: ['moderation'],
  realtime: ['audio_in', 'audio_out', 'streaming'],
  ocr: ['vision'],
  other: [],
};

/** What else is known of the model. */
export interface CapabilityContext {
  readonly mode: ModelMode;
  readonly contextTokens: number | undefined;
  /** Whether a price for batches is known. */
  readonly hasBatchPrice: boolean;
  /** Stated by hand, against the sources. */
  readonly corrected: readonly Capability[];
}

/** Capabilities of a model, and those of them that no source states. */
export interface DerivedCapabilities {
  readonly capabilities: ReadonlySet<Capability>;
  readonly derivedCapabilities: ReadonlySet<Capability>;
}

/** Merges what the sources state, the best one first for each, and adds what follows from it. */
export function deriveCapabilities(
  entries: readonly SourceEntry[],
  { mode, contextTokens, hasBatchPrice, corrected }: CapabilityContext,
): DerivedCapabilities {
  const statedOnes = new Set(
    CAPABILITIES.filter((name) =>
      entries.find(({ can, cannot }) => can.has(name) || cannot.has(name))?.can.has(name),
    ),
  );
  for (const name of corrected) statedOnes.add(name);
  const derived = new Set<Capability>(OF_MODE[mode]);
  // A model that calls tools, or reasons, writes code.
  if (OF_MODE[mode].includes('text') && (statedOnes.has('tools') || statedOnes.has('reasoning')))
    derived.add('code');
  if ((contextTokens ?? 0) >= LONG_CONTEXT_TOKENS) derived.add('long_context');
  if (hasBatchPrice) derived.add('batch');
  return {
    capabilities: new Set([...statedOnes, ...derived]),
    derivedCapabilities: new Set([...derived].filter((name) => !statedOnes.has(name))),
  };
}
