import type { BusNames } from '@switchyard/contracts';
import { Observation } from '@switchyard/contracts/events';
import type { Clock } from '@switchyard/kernel';
import type { Bus } from '@switchyard/service-kit';
import type { HealthProbeEvents } from '../events.ts';
import type { ObservedProviders } from '../runtime/observed-providers.ts';

export interface TakeObservationsOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly observed: ObservedProviders;
  readonly events: HealthProbeEvents;
  readonly clock: Clock;
}

/** Takes what routing's replicas saw, second by second. Every replica of this service takes all: each has the same windows. */
export function takeObservations({ bus, names, observed, events, clock }: TakeObservationsOptions): void {
  let isSubscribed = false;
  bus.onConnect((connection) => {
    // The client renews its subscriptions by itself when it reconnects.
    if (isSubscribed) return;
    isSubscribed = true;
    connection.subscribe(names.observationAll, {
      callback: (error, message) => {
        if (error !== null) return;
        const observation = decode(message.data);
        if (observation === undefined) return events.observed('rejected');
        const nowMs = clock.monotonicMs();
        for (const second of observation.providers) {
          events.observed(observed.add(second, nowMs) ? 'accepted' : 'rejected');
        }
      },
    });
  });
}

/** Undefined where it cannot be read: anybody with the right to publish may be wrong. */
function decode(bytes: Uint8Array): Observation | undefined {
  try {
    return Observation.decode(bytes);
  } catch {
    return undefined;
  }
}
