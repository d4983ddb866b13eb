import type { ProviderName } from './provider-key.ts';

/** How one provider is probed. Undefined: as by default. */
export interface ProbeSettings extends ProviderName {
  readonly isActive: boolean;
  /** Between two probes while nothing speaks against it and nobody uses it, milliseconds. */
  readonly idleIntervalMs: number | undefined;
  readonly maxProbesPerDay: number | undefined;
  /** Undefined: probes are limited by their number alone. */
  readonly maxNanoUsdPerDay: bigint | undefined;
}

/** What probes of one provider have taken on one day. */
export interface ProbeSpending {
  readonly probes: number;
  readonly nanoUsd: bigint;
}

/** What a probe takes of the budget before it is sent. */
export interface ProbeBudget {
  readonly maxProbesPerDay: number;
  readonly maxNanoUsdPerDay: bigint | undefined;
  /** Most that the probe may cost; 0 where the budget has no limit in money. */
  readonly holdNanoUsd: bigint;
}

/** One every 8.6 s all day: more than an idle provider gets (2,880), less than one that fails all day could take (43,200). */
export const DEFAULT_MAX_PROBES_PER_DAY = 10_000;
/** $0.001: some ten words in and a token out of the dearest models. */
const MOST_OF_ONE_NANO_USD = 1_000_000n;

/** What the next probe takes. */
export function budgetOf(settings: ProbeSettings | undefined, spent: ProbeSpending): ProbeBudget {
  const maxNanoUsdPerDay = settings?.maxNanoUsdPerDay;
  const left = maxNanoUsdPerDay === undefined ? 0n : maxNanoUsdPerDay - spent.nanoUsd;
  const positive = left > 0n ? left : 0n;
  return {
    maxProbesPerDay: settings?.maxProbesPerDay ?? DEFAULT_MAX_PROBES_PER_DAY,
    maxNanoUsdPerDay,
    holdNanoUsd: positive < MOST_OF_ONE_NANO_USD ? positive : MOST_OF_ONE_NANO_USD,
  };
}

/** The day that a probe is counted on, in UTC: `2026-11-29`. */
export const probeDay = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 10);
