import type { Transaction } from '@switchyard/service-kit';
import type { LeaseHolder, ProbeTake } from '../ports.ts';
import { ownerOf } from './health-rows.ts';
import { holdLease } from './hold-lease.ts';

/**
 * Takes a probe from the day's budget. One statement decides, so that whatever replicas do at once, no more is taken than there
 * is; and only the holder of the lease takes anything.
 */
export async function takeProbe(
  transaction: Transaction,
  { owner, tenant, provider, day, budget }: LeaseHolder & ProbeTake,
): Promise<boolean> {
  const { maxProbesPerDay, maxNanoUsdPerDay, holdNanoUsd } = budget;
  if (maxProbesPerDay < 1 || (maxNanoUsdPerDay !== undefined && holdNanoUsd < 1n)) return false;
  if (!(await holdLease(transaction, { owner }))) return false;
  const { rowCount } = await transaction.query(
    `INSERT INTO health_probe.probe_spending AS spent (tenant, provider, day, probes, nano_usd) VALUES ($1, $2, $3, 1, $4)
       ON CONFLICT (tenant, provider, day) DO UPDATE
       SET probes = spent.probes + 1, nano_usd = spent.nano_usd + $4
     WHERE spent.probes < $5 AND ($6::bigint IS NULL OR spent.nano_usd + $4 <= $6)`,
    [ownerOf(tenant), provider, day, holdNanoUsd, maxProbesPerDay, maxNanoUsdPerDay ?? null],
  );
  return (rowCount ?? 0) > 0;
}
