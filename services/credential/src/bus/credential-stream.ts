import type { BusNames } from '@switchyard/contracts';
import { type Bus, ensureStream, type StreamSpec } from '@switchyard/service-kit';

const NANOS_PER_SECOND = 1_000_000_000;

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
    max_age: 24 * 3_600 * NANOS_PER_SECOND,
    max_bytes: 64 * 1_024 * 1_024,
    num_replicas: replicas,
    duplicate_window: 120 * NANOS_PER_SECOND,
  };
}

/** Creates the stream, or brings it back to its specification. */
export async function ensureCredentialStream(bus: Bus, spec: StreamSpec): Promise<void> {
  await ensureStream(await bus.manager(), spec);
}
