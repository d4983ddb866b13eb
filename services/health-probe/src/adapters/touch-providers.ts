import type { Transaction } from '@switchyard/service-kit';
import type { HealthRecord } from '../domain/health-record.ts';
import type { LeaseHolder } from '../ports.ts';
import { dateOf, ownerOf } from './health-rows.ts';
import { holdLease } from './hold-lease.ts';

/** Stores when providers last did something, where that is news. */
export async function touchProviders(
  transaction: Transaction,
  { owner, records }: LeaseHolder & { readonly records: readonly HealthRecord[] },
): Promise<void> {
  if (!(await holdLease(transaction, { owner }))) return;
  await transaction.query(
    `UPDATE health_probe.provider_health AS h
        SET last_success_at = n.success, last_failure_at = n.failure, last_probe_at = n.probe
       FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
            AS n (tenant, provider, success, failure, probe)
      WHERE h.tenant = n.tenant AND h.provider = n.provider
        AND (h.last_success_at, h.last_failure_at, h.last_probe_at) IS DISTINCT FROM (n.success, n.failure, n.probe)`,
    [
      records.map(({ tenant }) => ownerOf(tenant)),
      records.map(({ provider }) => provider),
      records.map(({ lastSuccessAtMs }) => dateOf(lastSuccessAtMs)),
      records.map(({ lastFailureAtMs }) => dateOf(lastFailureAtMs)),
      records.map(({ lastProbeAtMs }) => dateOf(lastProbeAtMs)),
    ],
  );
}
