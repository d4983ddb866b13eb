import type { Transaction } from '@switchyard/service-kit';
import { providerKey } from '../domain/provider-key.ts';
import type { StoredProbing } from '../ports.ts';
import { tenantOf } from './health-rows.ts';
import { type ProbeSettingsRow, type ProbeSpendingRow, settingsOfRow, spendingOfRow } from './probe-rows.ts';

/** All settings, and what was spent on a day. */
export async function readProbing(transaction: Transaction, day: string): Promise<StoredProbing> {
  const settings = await transaction.query<ProbeSettingsRow>('SELECT * FROM health_probe.probe_settings');
  const spending = await transaction.query<ProbeSpendingRow>(
    'SELECT tenant, provider, probes, nano_usd FROM health_probe.probe_spending WHERE day = $1',
    [day],
  );
  const keyOf = ({ tenant, provider }: { readonly tenant: string; readonly provider: string }) =>
    providerKey({ tenant: tenantOf(tenant), provider });
  return {
    day,
    settings: new Map(settings.rows.map((row) => [keyOf(row), settingsOfRow(row)])),
    spending: new Map(spending.rows.map((row) => [keyOf(row), spendingOfRow(row)])),
  };
}
