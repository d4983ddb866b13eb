import {
  type BaseConfig,
  type Env,
  EnvReader,
  type NamedHosts,
  readBaseConfig,
  readNamedHosts,
} from '@switchyard/service-kit';

/** How the health-probe service is configured. */
export interface HealthProbeConfig extends BaseConfig {
  readonly env: Env;
  /** `HEALTH_PROBE_HTTP_PORT`, default 7082. */
  readonly httpPort: number;
  /** `HEALTH_PROBE_DATABASE_URL`, as the role switchyard_health_probe. */
  readonly databaseUrl: string;
  /** `SWITCHYARD_ROUTING_ADDRESS`, where providers are listed and probes are sent. Default 127.0.0.1:7001. */
  readonly routingAddress: string;
  /** `SWITCHYARD_NATS_REPLICAS`: copies of each event that NATS keeps, 1 to 5. Default 1. */
  readonly natsReplicas: number;
  readonly probing: ProbingConfig;
  /** `HEALTH_PROBE_LEASE_MS`: how long a replica that is gone keeps its place as the one that judges, 1,000 to 120,000. Default 10,000. */
  readonly leaseMs: number;
  /**
   * `HEALTH_PROBE_ALLOWED_PRIVATE_HOSTS`: `host:port` of receivers of alerts, separated by commas. These may have private or
   * loopback addresses and may be spoken to without TLS. Default: none.
   */
  readonly namedHosts: NamedHosts;
}

/** How providers are probed. */
export interface ProbingConfig {
  /** `HEALTH_PROBE_ACTIVE`: whether probes are sent at all; they cost one token each. Default true. */
  readonly active: boolean;
  /** `HEALTH_PROBE_IDLE_INTERVAL_MS`: between two probes of a provider that nothing speaks against and nobody uses. 100 to 3,600,000. Default 30,000. */
  readonly idleIntervalMs: number;
  /** `HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS`: between two probes of a provider that fails or comes back. 50 to 600,000. Default 2,000. */
  readonly suspiciousIntervalMs: number;
  /** `HEALTH_PROBE_TIMEOUT_MS`: most time of one probe. 100 to 120,000. Default 10,000. */
  readonly timeoutMs: number;
  /** `HEALTH_PROBE_MAX_CONCURRENCY`: probes at once. 1 to 256. Default 8. */
  readonly maxConcurrency: number;
}

/** @throws ConfigError with everything that is wrong */
export function parseConfig(env: Env): HealthProbeConfig {
  const reader = new EnvReader(env);
  const config: HealthProbeConfig = {
    ...readBaseConfig(reader, { prefix: 'HEALTH_PROBE', grpcPort: 7002 }),
    env,
    httpPort: reader.port('HEALTH_PROBE_HTTP_PORT', 7082),
    databaseUrl: reader.url('HEALTH_PROBE_DATABASE_URL', ['postgresql', 'postgres']),
    routingAddress: reader.text('SWITCHYARD_ROUTING_ADDRESS', '127.0.0.1:7001'),
    natsReplicas: reader.integer('SWITCHYARD_NATS_REPLICAS', { fallback: 1, min: 1, max: 5 }),
    probing: readProbing(reader),
    leaseMs: reader.integer('HEALTH_PROBE_LEASE_MS', { fallback: 10_000, min: 1_000, max: 120_000 }),
    namedHosts: readNamedHosts(reader, 'HEALTH_PROBE_ALLOWED_PRIVATE_HOSTS'),
  };
  reader.finish();
  return Object.freeze(config);
}

function readProbing(reader: EnvReader): ProbingConfig {
  return Object.freeze({
    active: reader.flag('HEALTH_PROBE_ACTIVE', true),
    idleIntervalMs: reader.integer('HEALTH_PROBE_IDLE_INTERVAL_MS', {
      fallback: 30_000,
      min: 100,
      max: 3_600_000,
    }),
    suspiciousIntervalMs: reader.integer('HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS', {
      fallback: 2_000,
      min: 50,
      max: 600_000,
    }),
    timeoutMs: reader.integer('HEALTH_PROBE_TIMEOUT_MS', { fallback: 10_000, min: 100, max: 120_000 }),
    maxConcurrency: reader.integer('HEALTH_PROBE_MAX_CONCURRENCY', { fallback: 8, min: 1, max: 256 }),
  });
}
