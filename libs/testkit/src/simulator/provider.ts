import { extendFingerprint, fingerprintNumber, startFingerprint } from './answer/fingerprint.ts';
import { type Random, seededRandom } from './answer/seeded-random.ts';
import { BatchStore } from './batches/batch-store.ts';
import type { FaultRule } from './faults/fault.ts';
import { armFaults, type FaultPicker } from './faults/fault-picker.ts';
import type { LatencyOptions } from './latency/latency-options.ts';
import { type AcceptedKeys, acceptedKeys } from './options/accepted-keys.ts';
import { DEFAULTS } from './options/default-options.ts';
import { type ModelCatalog, modelCatalog } from './options/model-catalog.ts';
import type { BatchOptions, PromptCacheOptions, ProviderOptions } from './options/simulator-options.ts';
import { type PrefixMemory, prefixMemory } from './prompt-cache/prefix-memory.ts';
import type { CacheSetting } from './prompt-cache/use-prompt.ts';
import { type ProviderCounts, providerCounts } from './stats/provider-counts.ts';
import { type TokenServer, tokenServer } from './tokens/token-server.ts';
import type { WireFormat } from './wire/wire-format.ts';
import { wireFormat } from './wire/wire-formats.ts';

/** One simulated provider while it runs. What changes is replaced as a whole. */
export interface Provider {
  readonly name: string;
  readonly wire: WireFormat;
  readonly keys: AcceptedKeys;
  readonly tokens: TokenServer;
  readonly models: ModelCatalog;
  readonly cache: CacheSetting;
  readonly answerTokens: number;
  readonly tokensPerChunk: number;
  readonly unknownFields: 'refuse' | 'ignore';
  readonly state: ProviderState;
  /** Back to how it started. */
  reset(): void;
}

/** What control requests and resets change. */
export interface ProviderState {
  counts: ProviderCounts;
  faults: FaultPicker;
  latency: LatencyOptions;
  /** Of faults and latency. */
  random: Random;
  /** Files and batches that it was given. */
  batches: BatchStore;
  batchBehaviour: BatchOptions;
}

/** Builds a provider. Its randomness depends on the simulator's seed and its own name. */
export function createProvider(options: ProviderOptions, seed: number): Provider {
  const { name, format, faults = [], latency = {}, batches = {}, serviceAccounts = [] } = options;
  const ownSeed = fingerprintNumber(extendFingerprint(startFingerprint(seed), name));
  const cache = cacheSetting(options.cache);
  const fresh = () => freshState({ faults, latency, batches, seed: ownSeed });
  const state = fresh();
  return {
    name,
    wire: wireFormat(format),
    keys: acceptedKeys(options.apiKeys ?? (serviceAccounts.length === 0 ? undefined : [])),
    tokens: tokenServer(serviceAccounts),
    models: modelCatalog(options.models),
    cache: cache.setting,
    answerTokens: options.answerTokens ?? DEFAULTS.answerTokens,
    tokensPerChunk: options.tokensPerChunk ?? DEFAULTS.tokensPerChunk,
    unknownFields: options.unknownFields ?? 'refuse',
    state,
    reset() {
      Object.assign(state, fresh());
      cache.memory.clear();
    },
  };
}

function freshState(from: {
  readonly faults: readonly FaultRule[];
  readonly latency: LatencyOptions;
  readonly batches: BatchOptions;
  readonly seed: number;
}): ProviderState {
  return {
    counts: providerCounts(),
    faults: armFaults(from.faults),
    latency: from.latency,
    random: seededRandom(from.seed),
    batches: new BatchStore(),
    batchBehaviour: from.batches,
  };
}

function cacheSetting(options: PromptCacheOptions = { mode: 'prefix' }): {
  readonly setting: CacheSetting;
  readonly memory: PrefixMemory;
} {
  if (options.mode !== 'prefix') return { setting: options, memory: prefixMemory(1) };
  const memory = prefixMemory(options.maxPrefixes ?? DEFAULTS.cacheMaxPrefixes);
  return {
    memory,
    setting: {
      mode: 'prefix',
      minTokens: options.minTokens ?? DEFAULTS.cacheMinTokens,
      ttlMs: options.ttlMs ?? DEFAULTS.cacheTtlMs,
      memory,
    },
  };
}
