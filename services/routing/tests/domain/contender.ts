import type { Contender } from '../../src/domain/strategies/contender.ts';

/** A contender as a test says it; the rest is ordinary. */
export const contender = (key: string, traits: Partial<Contender> = {}): Contender => ({
  key,
  sharedKey: key,
  endpoint: undefined,
  balancingGroup: key,
  preference: 0,
  tier: 0,
  priority: 100,
  weight: 100,
  costNanoUsd: 1_000,
  cachedPrefixTokens: undefined,
  active: 0,
  latencyMs: undefined,
  successRate: undefined,
  idleMs: undefined,
  recoveredMs: undefined,
  ...traits,
});
