/** What a model may be able to do, in the order of their bits. */
export const CAPABILITIES = [
  'text',
  'vision',
  'audio_in',
  'audio_out',
  'image_generation',
  'embeddings',
  'rerank',
  'code',
  'tools',
  'structured_output',
  'streaming',
  'reasoning',
  'long_context',
  'batch',
  'moderation',
  'video',
] as const;

/** One thing a model may be able to do. */
export type Capability = (typeof CAPABILITIES)[number];

/** Several capabilities, one bit each. */
export type CapabilitySet = number;

const BIT = new Map<string, number>(CAPABILITIES.map((name, bit) => [name, 1 << bit]));

/** Whether a text names a capability. */
export const isCapability = (name: string): name is Capability => BIT.has(name);

/** The set of some capabilities; names that are none are left out, so validate them first. */
export function capabilitySet(names: Iterable<string>): CapabilitySet {
  let set = 0;
  for (const name of names) set |= BIT.get(name) ?? 0;
  return set;
}

/** The names in a set, in the order of {@link CAPABILITIES}. */
export const capabilityNames = (set: CapabilitySet): Capability[] =>
  CAPABILITIES.filter((_, bit) => (set & (1 << bit)) !== 0);

/** What of `needed` is not in `offered`. */
export const missingCapabilities = (needed: CapabilitySet, offered: CapabilitySet): CapabilitySet =>
  needed & ~offered;
