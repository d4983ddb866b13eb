import type { AlertNotice } from '@switchyard/alerting';
import type { OpenAlert } from '../../domain/alerts/next-alerts.ts';
import { tenantOf } from '../health-rows.ts';

/** A row of `alerts`. */
export interface AlertRow {
  readonly id: string;
  readonly tenant: string;
  readonly rule: string;
  readonly provider_tenant: string;
  readonly provider: string;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly bad_since: Date;
  readonly good_since: Date | null;
  readonly value: number | null;
  readonly fired_at: Date | null;
  readonly resolved_at: Date | null;
  readonly notice: AlertNotice | null;
  readonly receivers: readonly string[];
}

/** An alert that is not resolved, as the domain knows it. */
export function openAlertOf(row: AlertRow): OpenAlert {
  const { id, rule, provider, receivers } = row;
  return {
    ...{ id, rule, receivers },
    tenant: tenantOf(row.tenant),
    provider: { tenant: tenantOf(row.provider_tenant), provider },
    phase:
      row.fired_at === null
        ? { kind: 'pending', sinceMs: row.bad_since.getTime() }
        : { kind: 'firing', sinceMs: row.fired_at.getTime(), goodSinceMs: row.good_since?.getTime() },
    value: row.value ?? undefined,
    notice: row.notice ?? undefined,
  };
}
