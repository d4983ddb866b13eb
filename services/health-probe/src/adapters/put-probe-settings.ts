import type { Transaction } from '@switchyard/service-kit';
import type { ProbeSettings } from '../domain/probe-settings.ts';
import { ownerOf } from './health-rows.ts';

/** Keeps how a provider is probed; in the place of what was kept before. */
export async function putProbeSettings(transaction: Transaction, settings: ProbeSettings): Promise<void> {
  const { tenant, provider, isActive, idleIntervalMs, maxProbesPerDay, maxNanoUsdPerDay } = settings;
  await transaction.query(
    `INSERT INTO health_probe.probe_settings
       (tenant, provider, is_active, idle_interval_ms, max_probes_per_day, max_nano_usd_per_day)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant, provider) DO UPDATE
       SET is_active = $3, idle_interval_ms = $4, max_probes_per_day = $5, max_nano_usd_per_day = $6`,
    [
      ownerOf(tenant),
      provider,
      isActive,
      idleIntervalMs ?? null,
      maxProbesPerDay ?? null,
      maxNanoUsdPerDay ?? null,
    ],
  );
}
