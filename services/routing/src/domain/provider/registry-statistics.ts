import { type Provider, ProviderMode, type RegistryStatistics } from '@switchyard/contracts/routing';

/** What is known of providers besides their configuration. */
export interface ProviderReadings {
  readonly stateOf: (provider: Provider) => string;
  /** Calls under way at this replica. */
  readonly activeAt: (provider: Provider) => number;
}

/** Counts providers by state, mode and wire format, and sums up what is under way. */
export function registryStatistics(
  providers: readonly Provider[],
  { stateOf, activeAt }: ProviderReadings,
): RegistryStatistics {
  const sum = (of: (provider: Provider) => number) => providers.reduce((all, one) => all + of(one), 0);
  return {
    providers: providers.length,
    providersByState: countsBy(providers, stateOf),
    providersByMode: countsBy(providers, modeOf),
    providersByWireFormat: countsBy(providers, ({ wireFormat }) => wireFormat),
    activeRequests: BigInt(sum(activeAt)),
    endpoints: sum(({ endpoints }) => endpoints.length),
  };
}

function modeOf({ mode }: Provider): string {
  if (mode === ProviderMode.DISABLED) return 'disabled';
  return mode === ProviderMode.MAINTENANCE ? 'maintenance' : 'enabled';
}

function countsBy(
  providers: readonly Provider[],
  nameOf: (provider: Provider) => string,
): Record<string, number> {
  const groups = Map.groupBy(providers, nameOf);
  return Object.fromEntries([...groups].map(([name, { length }]) => [name, length]).sort());
}
