import type { Transaction } from '@switchyard/service-kit';

/** Removes what was spent before a day, and what is kept of providers that are gone. */
export async function forgetProbing(transaction: Transaction, beforeDay: string): Promise<void> {
  await transaction.query('DELETE FROM health_probe.probe_spending WHERE day < $1', [beforeDay]);
  await transaction.query(
    `DELETE FROM health_probe.probe_settings s WHERE NOT EXISTS (
       SELECT FROM health_probe.provider_health h WHERE h.tenant = s.tenant AND h.provider = s.provider)`,
  );
}
