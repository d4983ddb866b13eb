import type { BusNames } from '@switchyard/contracts';
import { Observation, type ProviderObservation } from '@switchyard/contracts/events';
import type { Clock } from '@switchyard/kernel';
import type { ObservationRecorder } from '@switchyard/resilience';
import type { Bus } from '@switchyard/service-kit';
import type { RuntimeRegistry } from '../runtime/runtime-registry.ts';

export interface ObservationPublisherOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly replica: string;
  readonly runtimes: RuntimeRegistry;
  readonly clock: Clock;
}

const EVERY_MS = 1_000;

/** Tells health-probe once a second how providers did at this replica. What cannot be sent is lost: the next second tells more. */
export function publishObservations({
  bus,
  names,
  replica,
  runtimes,
  clock,
}: ObservationPublisherOptions): () => void {
  const timer = setInterval(() => {
    const providers: ProviderObservation[] = [];
    const second = new Date(clock.wallMs());
    for (const { offering, runtime } of runtimes.entries())
      providers.push(...told({ ...offering.provider, model: offering.model }, runtime.recorder, second));
    for (const { recorder, ...probed } of runtimes.probed())
      providers.push(...told({ ...probed, model: '' }, recorder, second));
    if (providers.length === 0 || !bus.isConnected) return;
    const message = Observation.encode({ replica, second, providers }).finish();
    bus.connection?.publish(names.observation(replica), message);
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** What was seen of a target since the last second; nothing where there was nothing. */
function told(
  { id, tenant, model }: { readonly id: string; readonly tenant: string; readonly model: string },
  recorder: ObservationRecorder,
  second: Date,
): ProviderObservation[] {
  const observation = recorder.take();
  if (observation === undefined) return [];
  const { successes, failures, trailingFailures, latencyBuckets, totalLatencySumMs } = observation;
  return [
    {
      provider: id,
      tenant,
      model,
      successes,
      failures: { ...failures },
      trailingFailures,
      latencyBuckets: { ...latencyBuckets },
      totalLatencySumMs,
      lastSuccessAt: successes > 0 ? second : undefined,
      lastFailureAt: Object.keys(failures).length > 0 ? second : undefined,
    },
  ];
}
