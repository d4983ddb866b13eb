import type { BusNames } from '@switchyard/contracts';
import { AlertChanged } from '@switchyard/contracts/events';
import { type Bus, ensureStream, publishEvent, type StreamSpec } from '@switchyard/service-kit';
import type { AlertNotice } from '../domain/alert-notice.ts';
import type { DeliveryOutcome } from '../domain/delivery-plan.ts';
import type { Telling } from './tell-receiver.ts';

const NANOS_PER_MS = 1_000_000;

/** The stream of alerts of all services; whoever publishes first makes it. A full one drops the oldest. */
export function alertStream(names: BusNames, replicas: number): StreamSpec {
  return {
    name: names.streams.alerts,
    subjects: [names.alertAll],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: 30 * 24 * 3_600_000 * NANOS_PER_MS,
    max_bytes: 32 * 1024 * 1024,
    num_replicas: replicas,
    duplicate_window: 120_000 * NANOS_PER_MS,
  };
}

export interface AlertBus {
  readonly bus: Bus;
  readonly names: BusNames;
  /** Copies of each event that NATS keeps. */
  readonly replicas: number;
}

/** Publishes an alert once, by the id of its delivery. Never throws. */
export async function publishAlert(
  { id, notice }: Omit<Telling, 'receiver'>,
  { bus, names, replicas }: AlertBus,
): Promise<DeliveryOutcome> {
  if (notice.event === 'test') return { kind: 'failed', isFinal: true, reason: 'a test is no event' };
  if (!bus.isConnected) return { kind: 'failed', isFinal: false, reason: 'no connection to NATS' };
  try {
    await ensureStream(await bus.manager(), alertStream(names, replicas));
    await publishEvent(bus, {
      subject: names.alert(notice.event, notice.tenant),
      id,
      type: `switchyard.alert.v1.${notice.event}`,
      source: `switchyard/${notice.source}`,
      occurredAtMs: notice.resolvedAtMs ?? notice.firedAtMs,
      traceparent: '',
      payload: AlertChanged.encode(messageOf(notice)).finish(),
    });
    return { kind: 'delivered' };
  } catch {
    return { kind: 'failed', isFinal: false, reason: 'NATS did not take it' };
  }
}

const messageOf = ({ firedAtMs, resolvedAtMs, ...notice }: AlertNotice): AlertChanged =>
  AlertChanged.fromPartial({
    ...notice,
    firedAt: new Date(firedAtMs),
    resolvedAt: resolvedAtMs === undefined ? undefined : new Date(resolvedAtMs),
  });
