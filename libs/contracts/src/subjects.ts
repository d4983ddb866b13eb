import { encodeSubjectToken } from './subject-token.ts';

/** Version of every payload layout on the bus; a breaking change takes a new one beside it. */
const V = 'v1';

/** What a health event says, as the third token of its subject. */
export type HealthEvent = 'unhealthy' | 'recovered' | 'failed' | 'changed';
/** What happened to an alert. */
export type AlertSubjectEvent = 'firing' | 'resolved';
/** What a cost event says. */
export type CostEvent = 'threshold' | 'exhausted' | 'anomaly';
/** What a credential event says. */
export type CredentialEvent = 'revoked' | 'rotated' | 'policy';

/**
 * Every subject, stream and bucket of one installation.
 *
 * @param prefix installation prefix, one subject token (default `switchyard`), so that several installations share a NATS account.
 */
export function busNames(prefix = 'switchyard') {
  const root = encodeSubjectToken(prefix);
  const streamRoot = root.toUpperCase();
  const subject = (...tokens: string[]) => [root, ...tokens].join('.');
  return {
    /** Usage batches of one tenant (`UsageBatch`), owned by routing, kept on the stream `streams.usage`. */
    usage: (tenant: string) => subject('usage', V, encodeSubjectToken(tenant)),
    usageAll: subject('usage', V, '*'),
    /** The same messages once more, for everyone but the ledger: NATS itself puts them there, on the stream `streams.usageLog`. */
    usageLog: (tenant: string) => subject('usage-log', V, encodeSubjectToken(tenant)),
    usageLogAll: subject('usage-log', V, '*'),
    /** Where a message of `usageAll` is put, as NATS writes it. */
    usageLogOfUsage: subject('usage-log', V, '{{wildcard(1)}}'),
    /** Per-second aggregates of one routing replica (`Observation`), core NATS. */
    observation: (replica: string) => subject('observation', V, encodeSubjectToken(replica)),
    observationAll: subject('observation', V, '*'),
    /** Changes of a provider's health (`HealthChanged`), owned by health-probe, on `streams.health`. */
    health: (event: HealthEvent, provider: string) =>
      subject('health', V, event, encodeSubjectToken(provider)),
    healthAll: subject('health', V, '*', '*'),
    /** Alerts (`AlertChanged`) by the owner of their rule, of every service that has rules, on `streams.alerts`. */
    alert: (event: AlertSubjectEvent, tenant: string) =>
      subject('alert', V, event, encodeSubjectToken(tenant)),
    alertAll: subject('alert', V, '*', '*'),
    /** What budgets have reached (`BudgetReached`) by their owner, and unusual days (`CostAnomaly`) by tenant, owned by cost-accounting, on `streams.cost`. */
    cost: (event: CostEvent, tenant: string) => subject('cost', V, event, encodeSubjectToken(tenant)),
    costAll: subject('cost', V, '*', '*'),
    /** Revocations and rotations (`CredentialChanged`), owned by credential, on `streams.credential`. */
    credential: (event: CredentialEvent, tenant: string) =>
      subject('credential', V, event, encodeSubjectToken(tenant)),
    credentialAll: subject('credential', V, '*', '*'),
    /** Calls of connectors (`ConnectorCalled`), owned by connector, on `streams.connector`. */
    connectorCalled: (tenant: string) => subject('connector', V, 'called', encodeSubjectToken(tenant)),
    connectorAll: subject('connector', V, '*', '*'),
    /** Answers that replicas of routing are to forget (`CacheCleared`), core NATS. */
    cacheCleared: (tenant: string) => subject('cache', V, 'cleared', encodeSubjectToken(tenant)),
    cacheClearedAll: subject('cache', V, 'cleared', '*'),
    /** Windows of budgets of which replicas of routing are to give back what is unused (`LeaseRecall`), owned by cost-accounting, core NATS. */
    leaseRecall: subject('lease', V, 'recall'),
    /** JetStream streams; the owner creates and repairs its own. */
    streams: {
      usage: `${streamRoot}_USAGE`,
      usageLog: `${streamRoot}_USAGE_LOG`,
      health: `${streamRoot}_HEALTH`,
      alerts: `${streamRoot}_ALERTS`,
      cost: `${streamRoot}_COST`,
      credential: `${streamRoot}_CREDENTIAL`,
      connector: `${streamRoot}_CONNECTOR`,
    },
    /** KV bucket for state: each key holds `{version, digest}`, the body comes from its owner by gRPC. */
    stateBucket: `${streamRoot}_STATE`,
    /** Keys of the state bucket. */
    stateKeys: {
      providers: 'routing.providers',
      health: 'health-probe.health',
      prices: 'cost-accounting.prices',
    },
  } as const;
}

/** Every subject, stream and bucket of one installation. */
export type BusNames = ReturnType<typeof busNames>;
