import {
  type BaseConfig,
  type Env,
  EnvReader,
  type NamedHosts,
  readBaseConfig,
  readNamedHosts,
} from '@switchyard/service-kit';

/** What this service is configured with. */
export interface CostAccountingConfig extends BaseConfig {
  /** The environment, for the standard variables of tracing. */
  readonly env: Env;
  /** `COST_ACCOUNTING_DATABASE_URL`, as the role `switchyard_cost_accounting`. */
  readonly databaseUrl: string;
  /** `COST_ACCOUNTING_DATABASE_MAX_CONNECTIONS`, 4 to 200, default 10. */
  readonly databaseMaxConnections: number;
  /** `COST_ACCOUNTING_STATEMENT_TIMEOUT_MS`, 100 to 60,000, default 10,000: longest time of one statement. */
  readonly statementTimeoutMs: number;
  /** `COST_ACCOUNTING_INGEST_BATCH_RECORDS`, 1 to 10,000, default 2,000: records of one transaction, give or take a message. */
  readonly ingestBatchRecords: number;
  /** `COST_ACCOUNTING_INGEST_BATCH_WAIT_MS`, 1 to 5,000, default 50: how long a record waits for others. */
  readonly ingestBatchWaitMs: number;
  /** `COST_ACCOUNTING_LEDGER_KEPT_DAYS`, 62 to 36,500, default 400: days after which the ledger's entries are dropped; roll-ups stay. */
  readonly ledgerKeptDays: number;
  /** `COST_ACCOUNTING_CATALOG_OVERLAY`: path of an operator's own models and prices; undefined for none. */
  readonly catalogOverlay: string | undefined;
  /** `COST_ACCOUNTING_PRICE_REFRESH_HOURS`, 0 to 8,760, default 0 (never): how often prices are refreshed from their sources. */
  readonly priceRefreshHours: number;
  /**
   * `COST_ACCOUNTING_PRICE_ORIGINS`: URL of a mirror of the five sources, without a slash at the end; undefined: their own
   * addresses.
   */
  readonly priceOrigins: string | undefined;
  /** `SWITCHYARD_NATS_REPLICAS`, 1 to 5, default 1: copies that NATS keeps of streams; the same for every service. */
  readonly usageStreamReplicas: number;
  /** `SWITCHYARD_ROUTING_ADDRESS`, whose offers are compared for recommendations. Default 127.0.0.1:7001. */
  readonly routingAddress: string;
  /** `SWITCHYARD_HEALTH_PROBE_ADDRESS`, whose receivers are told of budgets. Default 127.0.0.1:7002. */
  readonly healthProbeAddress: string;
  /**
   * `COST_ACCOUNTING_ALLOWED_PRIVATE_HOSTS`: `host:port` of receivers of alerts, separated by commas. These may have private or
   * loopback addresses and may be spoken to without TLS. Default: none.
   */
  readonly namedHosts: NamedHosts;
}

/** Reads the configuration. @throws ConfigError with every problem at once */
export function parseConfig(env: Env): CostAccountingConfig {
  const reader = new EnvReader(env);
  const config: CostAccountingConfig = {
    ...readBaseConfig(reader, { prefix: 'COST_ACCOUNTING', grpcPort: 7003 }),
    env,
    databaseUrl: reader.url('COST_ACCOUNTING_DATABASE_URL', ['postgres', 'postgresql']),
    databaseMaxConnections: reader.integer('COST_ACCOUNTING_DATABASE_MAX_CONNECTIONS', {
      fallback: 10,
      min: 4,
      max: 200,
    }),
    statementTimeoutMs: reader.integer('COST_ACCOUNTING_STATEMENT_TIMEOUT_MS', {
      fallback: 10_000,
      min: 100,
      max: 60_000,
    }),
    ingestBatchRecords: reader.integer('COST_ACCOUNTING_INGEST_BATCH_RECORDS', {
      fallback: 2_000,
      min: 1,
      max: 10_000,
    }),
    ingestBatchWaitMs: reader.integer('COST_ACCOUNTING_INGEST_BATCH_WAIT_MS', {
      fallback: 50,
      min: 1,
      max: 5_000,
    }),
    ledgerKeptDays: reader.integer('COST_ACCOUNTING_LEDGER_KEPT_DAYS', {
      fallback: 400,
      min: 62,
      max: 36_500,
    }),
    catalogOverlay: reader.optional('COST_ACCOUNTING_CATALOG_OVERLAY'),
    priceRefreshHours: reader.integer('COST_ACCOUNTING_PRICE_REFRESH_HOURS', {
      fallback: 0,
      min: 0,
      max: 8_760,
    }),
    priceOrigins: readOrigins(reader),
    usageStreamReplicas: reader.integer('SWITCHYARD_NATS_REPLICAS', {
      fallback: 1,
      min: 1,
      max: 5,
    }),
    routingAddress: reader.text('SWITCHYARD_ROUTING_ADDRESS', '127.0.0.1:7001'),
    healthProbeAddress: reader.text('SWITCHYARD_HEALTH_PROBE_ADDRESS', '127.0.0.1:7002'),
    namedHosts: readNamedHosts(reader, 'COST_ACCOUNTING_ALLOWED_PRIVATE_HOSTS'),
  };
  reader.finish();
  return Object.freeze(config);
}

function readOrigins(reader: EnvReader): string | undefined {
  const name = 'COST_ACCOUNTING_PRICE_ORIGINS';
  if (reader.optional(name) === undefined) return undefined;
  return reader.url(name, ['https', 'http']).replace(/\/+$/, '');
}
