/** What the configuration file of a NATS server is made of. */
export interface NatsConfig {
  readonly host: string;
  readonly port: number;
  /** Folder of JetStream's files. */
  readonly storeDir: string;
  readonly durability: 'fast' | 'synced';
  /** Top-level entries of the caller's; its `jetstream` is merged with ours. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** The configuration file. NATS reads JSON: https://docs.nats.io/running-a-nats-service/configuration */
export function renderNatsConfig({ host, port, storeDir, durability, more }: NatsConfig): string {
  const jetstream = {
    ...(typeof more.jetstream === 'object' ? more.jetstream : {}),
    store_dir: storeDir,
    ...(durability === 'synced' ? { sync_interval: 'always' } : {}),
  };
  return JSON.stringify({ ...more, host, port, jetstream }, undefined, 2);
}
