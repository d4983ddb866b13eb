import { HealthState } from '@switchyard/contracts/health';
import { unreachable } from '@switchyard/kernel';
import type { Exclusion } from './candidate.ts';

/** How well a provider works, for ordering: smaller is better. */
export function healthTier(state: HealthState | undefined): number {
  switch (state) {
    case undefined:
    case HealthState.UNSPECIFIED:
    case HealthState.UNRECOGNIZED:
    case HealthState.HEALTHY:
      return 0;
    case HealthState.DEGRADED:
      return 1;
    case HealthState.UNHEALTHY:
      return 2;
    case HealthState.UNAVAILABLE:
    case HealthState.MAINTENANCE:
      return 3;
    default:
      return unreachable(state);
  }
}

/** From this tier on a provider is left out while enough others work. */
export const OUT_OF_SERVICE_TIER = 2;

/** Below this share of providers in service, health is not believed: something else may be wrong. Source: Envoy's panic threshold. */
const PANIC_SHARE = 0.5;

/** Whether health is not believed, because too few of the providers that could serve are in service. */
export function isPanic(
  fitting: readonly { readonly provider: { readonly key: string }; readonly tier: number }[],
): boolean {
  if (fitting.every(({ tier }) => tier < OUT_OF_SERVICE_TIER)) return false;
  const tiers = new Map(fitting.map(({ provider, tier }) => [provider.key, tier]));
  const working = [...tiers.values()].filter((tier) => tier < OUT_OF_SERVICE_TIER).length;
  return working < tiers.size * PANIC_SHARE;
}

/** The state's name as users see it. */
export function healthName(state: HealthState | undefined): string {
  switch (state) {
    case HealthState.HEALTHY:
      return 'healthy';
    case HealthState.DEGRADED:
      return 'degraded';
    case HealthState.UNHEALTHY:
      return 'unhealthy';
    case HealthState.UNAVAILABLE:
      return 'unavailable';
    case HealthState.MAINTENANCE:
      return 'maintenance';
    case undefined:
    case HealthState.UNSPECIFIED:
    case HealthState.UNRECOGNIZED:
      return 'not_tested';
    default:
      return unreachable(state);
  }
}

/** Why a provider that is out of service is left out. */
export const healthExclusion = (state: HealthState | undefined): Exclusion => ({
  constraint: 'health',
  detail: `the provider is ${healthName(state)}`,
  wayOut: 'it comes back when calls or probes of it succeed; "switchyard providers" shows how it fares',
});

const TIERS: ReadonlyMap<string, number> = new Map(
  Object.values(HealthState)
    .filter((state) => typeof state === 'number')
    .map((state) => [healthName(state), healthTier(state)]),
);

/** How well a provider works whose state has this name; one of another name as if it had not been tested. */
export const healthTierOf = (name: string): number => TIERS.get(name) ?? 0;
