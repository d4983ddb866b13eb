import type { CompositeWeights, Strategy } from '@switchyard/contracts/routing';
import type { Operation } from '@switchyard/llm';
import type { OperationSize } from '../operation/operation-rules.ts';
import type { CapabilitySet } from '../snapshot/capability.ts';
import type { SnapshotPool } from '../snapshot/snapshot-pool.ts';
import type { RequirementsLayer } from './merge-requirements.ts';

/** What a request's model field asks for. */
export type ModelSelector =
  /** Whatever fits best. */
  | { readonly kind: 'auto' }
  /** One model, at any provider. */
  | { readonly kind: 'model'; readonly model: string }
  /** One of those who may serve a pool. */
  | { readonly kind: 'pool'; readonly pool: SnapshotPool };

/** What a request needs of a candidate: validated, and derived from its content. */
export interface Needs extends OperationSize {
  /** What is asked for, for what only a wire format can tell. */
  readonly operation: Operation;
  readonly stream: boolean;
  /** The tenant that asks: sees its own providers and the installation's. */
  readonly tenant: string;
  readonly selector: ModelSelector;
  readonly capabilities: CapabilitySet;
  readonly maxCostNanoUsd: bigint | undefined;
  readonly maxPricePerMillionNanoUsd: bigint | undefined;
  readonly maxLatencyMs: number | undefined;
  /** Empty: anywhere. */
  readonly residency: ReadonlySet<string>;
  /** Best first. */
  readonly preferredProviders: readonly string[];
  readonly excludedProviders: ReadonlySet<string>;
  /** Empty: all. */
  readonly allowedProviders: ReadonlySet<string>;
  readonly tags: readonly string[];
  /** Fields that pass through to a provider of their wire format and may cost more than the tokens do; empty: none. */
  readonly unboundedFields: readonly string[];
  readonly strategy: Strategy;
  /** For STRATEGY_COMPOSITE; undefined: all count alike. */
  readonly compositeWeights: CompositeWeights | undefined;
  /** Whose requirements the above are made of; for telling, not for deciding. */
  readonly layers: readonly RequirementsLayer[];
  /** Input tokens that an offering probably has in its prompt cache, by its shared key; absent where none is known to. */
  readonly heldPrefixes?: ReadonlyMap<string, number>;
  /** A probe is sent whatever the health, the breaker and the mode maintenance say. */
  readonly isProbe: boolean;
}
