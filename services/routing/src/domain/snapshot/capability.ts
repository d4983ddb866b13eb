import { CAPABILITIES, type Capability } from '@switchyard/llm';

export { CAPABILITIES, type Capability };

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
