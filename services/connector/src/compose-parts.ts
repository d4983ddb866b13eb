import type { Clock } from '@switchyard/kernel';
import {
  type Foundation,
  type GrpcTarget,
  onCredentialChange,
  openPostgres,
  type Postgres,
  type ResolveHost,
  resolveBySystem,
} from '@switchyard/service-kit';
import { AddressGuard } from './adapters/address-guard.ts';
import { grpcAudit } from './adapters/grpc-audit.ts';
import { GrpcSecrets } from './adapters/grpc-secrets.ts';
import { NatsCalledEvents } from './adapters/nats-called-events.ts';
import { postgresConnectorStore } from './adapters/postgres-connector-store.ts';
import type { ConnectorConfig } from './config.ts';
import { type ConnectorTypes, createConnectorTypes } from './connector-types.ts';
import { ConnectorGates } from './domain/connector-gates.ts';
import { type ConnectorEvents, connectorEvents, exposeGauges } from './events.ts';
import type { ConnectorStore, SecretName } from './ports.ts';
import type { PerformDependencies } from './rpc/started-call.ts';

/** What the handlers of RPCs stand on. */
export interface Parts extends PerformDependencies {
  readonly store: ConnectorStore;
  readonly types: ConnectorTypes;
}

/** What parts are made of. */
export interface Composition {
  readonly config: ConnectorConfig;
  /** Replaced by tests; undefined: the real ones. */
  readonly clock: Clock | undefined;
  readonly resolveHost: ResolveHost | undefined;
}

/** Makes the parts of the service; what they hold is let go by the foundation's stack. */
export function composeParts(foundation: Foundation, composition: Composition): Parts {
  const { log, metrics, bus, names, stack } = foundation;
  const { config, clock = foundation.clock, resolveHost = resolveBySystem } = composition;
  const events = connectorEvents(metrics);
  const postgres = openDatabase(foundation, config);
  const guard = new AddressGuard({ named: config.namedHosts, resolve: resolveHost });
  const types = createConnectorTypes({ guard, named: config.namedHosts, extraCa: config.extraCa });
  stack.defer(async () => void (await Promise.all(Object.values(types).map((type) => type.close()))));
  const target = { address: config.credentialAddress, apiKey: config.apiKey };
  const audit = grpcAudit(target);
  stack.defer(() => audit.close());
  const secrets = openSecrets(foundation, { target, clock, events, types });
  stack.defer(() => secrets.close());
  const { natsReplicas: replicas } = config;
  const called = stack.use(
    new NatsCalledEvents({ bus, names, replicas, log, onDrop: () => events.eventDropped() }),
  );
  const gates = new ConnectorGates({ maxConcurrency: config.maxConcurrency });
  exposeGauges(metrics, {
    inFlight: () => gates.inFlight,
    openBreakers: () => gates.openCount(clock.monotonicMs()),
    eventsWaiting: () => called.waiting,
  });
  const store = postgresConnectorStore(postgres, config.maxConnectors);
  return { store, types, gates, secrets, audit, called, events, clock };
}

function openDatabase({ log, readiness, stack }: Foundation, { databaseUrl }: ConnectorConfig): Postgres {
  const postgres = openPostgres({
    url: databaseUrl,
    maxConnections: 10,
    statementTimeoutMs: 2_000,
    applicationName: 'switchyard-connector',
    log,
  });
  stack.defer(() => postgres.close());
  readiness.want('postgres', () => ({
    ok: postgres.isUp,
    detail: postgres.isUp ? 'in order' : 'not reached at the last attempt',
  }));
  return postgres;
}

interface SecretsParts {
  readonly target: GrpcTarget;
  readonly clock: Clock;
  readonly events: ConnectorEvents;
  readonly types: ConnectorTypes;
}

/** Secrets, dropped with everything logged in by them when they change. */
function openSecrets({ bus, names, readiness }: Foundation, parts: SecretsParts): GrpcSecrets {
  const { target, clock, events, types } = parts;
  let lastReadFailed = false;
  const secrets = new GrpcSecrets({
    target,
    clock,
    eventsArrive: () => bus.isConnected,
    onRead: (result) => {
      if (result !== 'cached') lastReadFailed = result === 'failed';
      events.secretRead(result);
    },
  });
  readiness.want('secrets', () => ({
    ok: !lastReadFailed,
    detail: lastReadFailed ? 'the credential service did not answer the last read' : 'in order',
  }));
  const drop = (secret?: SecretName) => {
    secrets.drop(secret);
    for (const type of Object.values(types)) type.forget(secret);
  };
  onCredentialChange(
    { bus, names },
    {
      onChange: ({ kind, tenant, id }) => {
        if (kind === 'secret') drop({ tenant, id });
      },
      onGap: () => drop(),
    },
  );
  return secrets;
}
