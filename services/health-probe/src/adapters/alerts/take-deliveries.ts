import { claimDeliveries } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';
import type { DueDelivery, LeaseHolder } from '../../ports.ts';
import { SCHEMA, tenantOf } from '../health-rows.ts';
import { holdLease } from '../hold-lease.ts';
import { receiverOf } from './receiver-rows.ts';

interface ReceiverRow {
  readonly tenant: string;
  readonly id: string;
  readonly definition: unknown;
}

/** Takes what is due to be told, with the receivers as they are now; nothing where another replica holds the lease. */
export async function takeDeliveries(
  transaction: Transaction,
  { owner, limit }: LeaseHolder & { readonly limit: number },
): Promise<readonly DueDelivery[]> {
  if (!(await holdLease(transaction, { owner }))) return [];
  const claimed = await claimDeliveries(transaction, { schema: SCHEMA, limit });
  if (claimed.length === 0) return [];
  const { rows } = await transaction.query<ReceiverRow>(
    `SELECT tenant, id, definition FROM health_probe.alert_receivers
      WHERE (tenant, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [claimed.map(({ tenant }) => tenant), claimed.map(({ receiverId }) => receiverId)],
  );
  return claimed.map(({ tenant, ...delivery }) => {
    const row = rows.find((one) => one.tenant === tenant && one.id === delivery.receiverId);
    const receiver = row === undefined ? undefined : receiverOf(row.definition);
    return { ...delivery, tenant: tenantOf(tenant), receiver };
  });
}
