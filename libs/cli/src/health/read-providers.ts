import type { SwitchyardClient } from '@switchyard/client';
import type { ProviderStatus } from '@switchyard/contracts/routing';
import type { CliSettings } from '../settings.ts';
import { type HealthRow, readHealth, withHealthClient } from './read-health.ts';

/** A provider as routing lists it, with what health-probe has measured. */
export interface ProviderRow {
  readonly status: ProviderStatus;
  /** Undefined where health-probe does not answer or does not know it yet. */
  readonly measured: HealthRow | undefined;
}

/** The providers, and whether health-probe answered. */
export interface ProviderTable {
  readonly rows: readonly ProviderRow[];
  readonly isMeasured: boolean;
}

/** Reads the providers of routing and what health-probe knows of them; the first is enough. @throws ServiceError */
export async function readProviders(client: SwitchyardClient, settings: CliSettings): Promise<ProviderTable> {
  const [statuses, measured] = await Promise.all([
    client.listProviders(),
    withHealthClient(settings, (health) => readHealth(health, settings)).catch(() => undefined),
  ]);
  const rowOf = (status: ProviderStatus): ProviderRow => ({
    status,
    measured: measured?.find(
      ({ health }) => health.provider === status.provider?.id && health.tenant === status.provider.tenant,
    ),
  });
  return { rows: statuses.map(rowOf), isMeasured: measured !== undefined };
}
