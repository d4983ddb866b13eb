import type { DiscardPolicy, JetStreamManager, RetentionPolicy, StorageType, StreamConfig } from 'nats';
import { NatsError } from 'nats';

/** What a stream must be; the owner states it whole. */
export type StreamSpec = Pick<
  StreamConfig,
  'name' | 'subjects' | 'max_age' | 'max_bytes' | 'num_replicas' | 'duplicate_window'
> &
  Partial<Pick<StreamConfig, 'republish'>> & {
    // The words of the enums: contracts state streams without knowing the client.
    readonly retention: `${RetentionPolicy}`;
    readonly discard: `${DiscardPolicy}`;
    readonly storage: `${StorageType}`;
  };

/** JetStream's error for a stream that does not exist. Source: nats-server/server/errors.json */
const STREAM_NOT_FOUND = 10059;

/** Creates a stream, or brings one that differs back to its specification. Safe to call at any time, by several replicas. */
export async function ensureStream(manager: JetStreamManager, spec: StreamSpec): Promise<void> {
  try {
    const { config } = await manager.streams.info(spec.name);
    if (differs(config, spec)) await manager.streams.update(spec.name, spec as Partial<StreamConfig>);
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error?.err_code !== STREAM_NOT_FOUND) throw error;
    await manager.streams.add(spec as Partial<StreamConfig> & { name: string });
  }
}

function differs(config: StreamConfig, spec: StreamSpec): boolean {
  return Object.entries(spec).some(
    ([key, value]) => JSON.stringify(config[key as keyof StreamConfig]) !== JSON.stringify(value),
  );
}
