import type { ProviderName } from './provider-key.ts';

/** A provider as routing lists it. */
export interface WatchedProvider extends ProviderName {
  /** Whether an operator has put it in maintenance. */
  readonly inMaintenance: boolean;
  /** `model`: a probe asks one of its models for a token; `provider`: it needs none. */
  readonly probes: 'model' | 'provider';
  /** Whether a probe can reach it: a provider without its secret, say, is refused before it is called. */
  readonly isConfigured: boolean;
}
