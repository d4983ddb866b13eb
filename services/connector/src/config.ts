import { readFileSync } from 'node:fs';
import {
  type BaseConfig,
  type Env,
  EnvReader,
  type NamedHosts,
  readBaseConfig,
  readNamedHosts,
} from '@switchyard/service-kit';

/** How the connector service is configured. */
export interface ConnectorConfig extends BaseConfig {
  readonly env: Env;
  /** `CONNECTOR_DATABASE_URL`, as the role switchyard_connector. */
  readonly databaseUrl: string;
  /**
   * `CONNECTOR_ALLOWED_PRIVATE_HOSTS`: `host:port`, separated by commas. Hosts of these names may have private or loopback
   * addresses and may be spoken to without TLS. Default: none.
   */
  readonly namedHosts: NamedHosts;
  /** `CONNECTOR_CA_FILE`: certificates in PEM of authorities that are trusted beside the usual ones. Default: none. */
  readonly extraCa: string | undefined;
  /** `CONNECTOR_MAX_CONCURRENCY`: calls at once at this replica, 1 to 10,000. Default 256. */
  readonly maxConcurrency: number;
  /** `CONNECTOR_MAX_CONNECTORS`: connectors of one tenant, 1 to 100,000. Default 1,000. */
  readonly maxConnectors: number;
  /** `SWITCHYARD_NATS_REPLICAS`: copies of each event that NATS keeps, 1 to 5. Default 1. */
  readonly natsReplicas: number;
}

/** @throws ConfigError with everything that is wrong */
export function parseConfig(env: Env): ConnectorConfig {
  const reader = new EnvReader(env);
  const base = readBaseConfig(reader, { prefix: 'CONNECTOR', grpcPort: 7005 });
  const config: ConnectorConfig = {
    ...base,
    env,
    databaseUrl: reader.url('CONNECTOR_DATABASE_URL', ['postgresql', 'postgres']),
    namedHosts: readNamedHosts(reader, 'CONNECTOR_ALLOWED_PRIVATE_HOSTS'),
    extraCa: readCa(reader),
    maxConcurrency: reader.integer('CONNECTOR_MAX_CONCURRENCY', { fallback: 256, min: 1, max: 10_000 }),
    maxConnectors: reader.integer('CONNECTOR_MAX_CONNECTORS', { fallback: 1_000, min: 1, max: 100_000 }),
    natsReplicas: reader.integer('SWITCHYARD_NATS_REPLICAS', { fallback: 1, min: 1, max: 5 }),
  };
  reader.finish();
  return Object.freeze(config);
}

function readCa(reader: EnvReader): string | undefined {
  const path = reader.optional('CONNECTOR_CA_FILE');
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    reader.problem(`CONNECTOR_CA_FILE: ${(error as Error).message}`);
    return undefined;
  }
}
