import type { ProviderProbing } from '@switchyard/contracts/health';
import { DEFAULT_MAX_PROBES_PER_DAY } from '../domain/probe-settings.ts';
import type { ProviderName } from '../domain/provider-key.ts';
import type { ProbingPlan } from '../runtime/probing-plan.ts';

/** What tells how providers are probed. */
export interface ProbingFigures {
  readonly plan: ProbingPlan;
  readonly defaultIdleIntervalMs: number;
}

/** How a provider is probed, and what that has taken today. */
export function probingMessage(
  { tenant, provider }: ProviderName,
  { plan, defaultIdleIntervalMs }: ProbingFigures,
): ProviderProbing {
  const settings = plan.settingsOf({ tenant, provider });
  const { probes, nanoUsd } = plan.spendingOf({ tenant, provider });
  return {
    provider,
    tenant,
    settings: {
      active: settings?.isActive ?? true,
      idleIntervalMs: settings?.idleIntervalMs ?? defaultIdleIntervalMs,
      maxProbesPerDay: settings?.maxProbesPerDay ?? DEFAULT_MAX_PROBES_PER_DAY,
      maxNanoUsdPerDay: settings?.maxNanoUsdPerDay,
    },
    isDefault: settings === undefined,
    probesToday: probes,
    nanoUsdToday: nanoUsd,
  };
}
