import {
  assessHealth,
  describeHealthReason,
  type Health,
  healthEvidence,
  maintenanceHealth,
  untestedHealth,
} from '@switchyard/resilience';
import type { HealthRecord } from './health-record.ts';
import type { ProviderWindows } from './provider-windows.ts';

/** What a provider's next state is judged by. */
export interface Judging {
  readonly record: HealthRecord;
  readonly windows: ProviderWindows;
  /** Whether an operator has put it in maintenance. */
  readonly inMaintenance: boolean;
  /** Success rate below which it is an outlier; undefined: too few peers. */
  readonly successRateFloor: number | undefined;
  readonly now: Instant;
}

/** One instant on both clocks. */
export interface Instant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** The next state and why; undefined where nothing changes. */
export function judgeProvider(judging: Judging): Pick<HealthRecord, 'state' | 'reason'> | undefined {
  const { record, windows, inMaintenance, successRateFloor, now } = judging;
  const health = healthOf(record, now);
  const next = inMaintenance
    ? maintained(health, now)
    : assessed(health, { windows, successRateFloor, nowMs: now.monotonicMs });
  if (next.state === health.state) return undefined;
  return { state: next.state, reason: explain(next, windows, now.monotonicMs) };
}

function maintained(health: Health, { monotonicMs }: Instant): Health {
  return health.state === 'maintenance' ? health : maintenanceHealth(monotonicMs);
}

function assessed(
  health: Health,
  {
    windows,
    successRateFloor,
    nowMs,
  }: {
    readonly windows: ProviderWindows;
    readonly successRateFloor: number | undefined;
    readonly nowMs: number;
  },
): Health {
  // Back from maintenance: what it did before says nothing.
  if (health.state === 'maintenance') return untestedHealth(nowMs);
  const evidence = { ...healthEvidence({ window: windows.whole, health, nowMs }), successRateFloor };
  return assessHealth({ health, evidence, nowMs });
}

/** A record as the state machine knows it: its time on the monotonic clock of this process, never in the future. */
function healthOf({ state, sinceMs }: HealthRecord, { wallMs, monotonicMs }: Instant): Health {
  return {
    state,
    reason: { code: 'no_evidence' },
    sinceMs: Math.min(monotonicMs, monotonicMs - (wallMs - sinceMs)),
  };
}

function explain(next: Health, windows: ProviderWindows, nowMs: number): string {
  const reason = describeHealthReason(next.reason);
  if (next.state === 'maintenance' || next.state === 'not_tested' || next.state === 'healthy') return reason;
  const models = windows.failingModels(nowMs);
  return models.length === 0 ? reason : `${reason}; models that fail: ${models.join(', ')}`;
}
