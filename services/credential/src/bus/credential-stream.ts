import type { BusNames } from '@switchyard/contracts';
import { type Bus, ensureStream, type StreamSpec } from '@switchyard/service-kit';
import { nanos } from 'nats';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * The stream of this service's events. They are hints to drop what is cached, useful for as long as something can be
 * cached: a full stream drops the oldest rather than refuse a revocation.
 */
export function credentialStream(names: BusNames, replicas: number): StreamSpec {
  return {
    name: names.streams.credential,
    subjects: [names.credentialAll],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: nanos(DAY_MS),
    max_bytes: 64 * 1_024 * 1_024,
    num_replicas: replicas,
    duplicate_window: nanos(120_000),
  };
}

/** Creates the stream, or brings it back to its specification. */
export async function ensureCredentialStream(bus: Bus, spec: StreamSpec): Promise<void> {
  await ensureStream(await bus.manager(), spec);
}
