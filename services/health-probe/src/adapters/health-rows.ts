import type { HealthState } from '@switchyard/resilience';
import type { CommittedChange, HealthRecord } from '../domain/health-record.ts';

/** Schema of this service. */
export const SCHEMA = 'health_probe';

/** The owner of the installation's rows; see migrations/000001.sql. */
const INSTALLATION = 'installation';

/** The owner of a row, of the tenant as messages write it. */
export const ownerOf = (tenant: string): string => (tenant === '' ? INSTALLATION : tenant);
/** The tenant of a row, as messages write it. */
export const tenantOf = (owner: string): string => (owner === INSTALLATION ? '' : owner);

/** A row of `provider_health`. */
export interface HealthRow {
  readonly tenant: string;
  readonly provider: string;
  readonly state: HealthState;
  readonly reason: string;
  readonly since: Date;
  readonly version: string;
  readonly last_success_at: Date | null;
  readonly last_failure_at: Date | null;
  readonly last_probe_at: Date | null;
}

/** A row of `provider_health` as the domain knows it. */
export function recordOfRow(row: HealthRow): HealthRecord {
  return {
    tenant: tenantOf(row.tenant),
    provider: row.provider,
    state: row.state,
    reason: row.reason,
    sinceMs: row.since.getTime(),
    version: BigInt(row.version),
    lastSuccessAtMs: row.last_success_at?.getTime(),
    lastFailureAtMs: row.last_failure_at?.getTime(),
    lastProbeAtMs: row.last_probe_at?.getTime(),
  };
}

/** A row of `health_changes`. */
export interface ChangeRow {
  readonly id: string;
  readonly version: string;
  readonly tenant: string;
  readonly provider: string;
  readonly from_state: HealthState;
  readonly to_state: HealthState;
  readonly reason: string;
  readonly changed_at: Date;
}

/** A row of `health_changes` as the domain knows it. */
export function changeOfRow(row: ChangeRow): CommittedChange {
  return {
    id: row.id,
    version: BigInt(row.version),
    tenant: tenantOf(row.tenant),
    provider: row.provider,
    fromState: row.from_state,
    toState: row.to_state,
    reason: row.reason,
    changedAtMs: row.changed_at.getTime(),
  };
}

/** An instant for a column, or NULL. */
export const dateOf = (wallMs: number | undefined): Date | null =>
  wallMs === undefined ? null : new Date(wallMs);
