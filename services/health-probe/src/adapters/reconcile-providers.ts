import type { Transaction } from '@switchyard/service-kit';
import type { HealthRecord } from '../domain/health-record.ts';
import type { ProviderName } from '../domain/provider-key.ts';
import type { LeaseHolder } from '../ports.ts';
import { ownerOf } from './health-rows.ts';
import { holdLease } from './hold-lease.ts';
import { raiseVersion } from './raise-version.ts';

export interface ReconcileOptions extends LeaseHolder {
  readonly add: readonly HealthRecord[];
  readonly remove: readonly ProviderName[];
}

/** Adds and removes providers under one new version. @returns whether the lease is held; else nothing was changed */
export async function reconcileProviders(
  transaction: Transaction,
  { owner, add, remove }: ReconcileOptions,
): Promise<boolean> {
  if (!(await holdLease(transaction, { owner }))) return false;
  const version = await raiseVersion(transaction, 1);
  for (const { tenant, provider, state, reason, sinceMs } of add) {
    await transaction.query(
      `INSERT INTO health_probe.provider_health (tenant, provider, state, reason, since, version)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [ownerOf(tenant), provider, state, reason, new Date(sinceMs), version],
    );
  }
  for (const { tenant, provider } of remove) {
    await transaction.query('DELETE FROM health_probe.provider_health WHERE tenant = $1 AND provider = $2', [
      ownerOf(tenant),
      provider,
    ]);
  }
  return true;
}
