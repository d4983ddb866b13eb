import type { ProbeSettings, ProbeSpending } from '../domain/probe-settings.ts';
import { tenantOf } from './health-rows.ts';

/** A row of `probe_settings`. */
export interface ProbeSettingsRow {
  readonly tenant: string;
  readonly provider: string;
  readonly is_active: boolean;
  readonly idle_interval_ms: number | null;
  readonly max_probes_per_day: number | null;
  readonly max_nano_usd_per_day: string | null;
}

/** A row of `probe_settings` as the domain knows it. */
export const settingsOfRow = (row: ProbeSettingsRow): ProbeSettings => ({
  tenant: tenantOf(row.tenant),
  provider: row.provider,
  isActive: row.is_active,
  idleIntervalMs: row.idle_interval_ms ?? undefined,
  maxProbesPerDay: row.max_probes_per_day ?? undefined,
  maxNanoUsdPerDay: row.max_nano_usd_per_day === null ? undefined : BigInt(row.max_nano_usd_per_day),
});

/** A row of `probe_spending`. */
export interface ProbeSpendingRow {
  readonly tenant: string;
  readonly provider: string;
  readonly probes: number;
  readonly nano_usd: string;
}

/** A row of `probe_spending` as the domain knows it. */
export const spendingOfRow = ({ probes, nano_usd }: ProbeSpendingRow): ProbeSpending => ({
  probes,
  nanoUsd: BigInt(nano_usd),
});
