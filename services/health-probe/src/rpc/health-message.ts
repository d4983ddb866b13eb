import type { ProviderHealth } from '@switchyard/contracts/health';
import type { Clock } from '@switchyard/kernel';
import type { HealthRecord } from '../domain/health-record.ts';
import type { Instant } from '../domain/judge-provider.ts';
import { observedActivity } from '../domain/observed-activity.ts';
import type { ObservedProviders } from '../runtime/observed-providers.ts';
import { figuresMessage, modelMessage } from './figures-message.ts';
import { STATE_MESSAGES } from './health-state-message.ts';

/** What figures come from. */
export interface Figures {
  readonly observed: ObservedProviders;
  readonly clock: Clock;
}

/** A provider's health as callers see it: its state as stored, its figures as this replica has observed them. */
export function healthMessage(record: HealthRecord, { observed, clock }: Figures): ProviderHealth {
  const now = instantOf(clock);
  const windows = observed.windowsOf(record);
  const activity = { ...record, ...observedActivity(windows, now) };
  return {
    provider: record.provider,
    tenant: record.tenant,
    state: STATE_MESSAGES[record.state],
    reason: record.reason,
    since: new Date(record.sinceMs),
    ...figuresMessage(windows.whole.statistics(now.monotonicMs)),
    lastSuccessAt: dateOf(activity.lastSuccessAtMs),
    lastFailureAt: dateOf(activity.lastFailureAtMs),
    lastProbeAt: dateOf(record.lastProbeAtMs),
    models: [],
  };
}

/** The same with each model that was called: too much for a list that others read every two seconds. */
export function detailedHealthMessage(record: HealthRecord, figures: Figures): ProviderHealth {
  const now = instantOf(figures.clock);
  const models = figures.observed.windowsOf(record).models(now.monotonicMs);
  return {
    ...healthMessage(record, figures), // Probes that ask no model are the provider's alone.
    models: models.filter(({ model }) => model !== '').map((model) => modelMessage(model, now)),
  };
}

const instantOf = (clock: Clock): Instant => ({ wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() });

const dateOf = (wallMs: number | undefined): Date | undefined =>
  wallMs === undefined ? undefined : new Date(wallMs);
