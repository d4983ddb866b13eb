import type { Transaction } from '@switchyard/service-kit';
import type { ProbeSettlement } from '../ports.ts';
import { ownerOf } from './health-rows.ts';

/** Puts what a probe has cost in the place of what was held for it. */
export async function settleProbe(
  transaction: Transaction,
  { tenant, provider, day, holdNanoUsd, costNanoUsd }: ProbeSettlement,
): Promise<void> {
  await transaction.query(
    `UPDATE health_probe.probe_spending SET nano_usd = nano_usd - $4 + $5
      WHERE tenant = $1 AND provider = $2 AND day = $3`,
    [ownerOf(tenant), provider, day, holdNanoUsd, costNanoUsd],
  );
}
