import { invalidArgument } from '@switchyard/kernel';
import { isNamed, type NamedHosts } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import type { ConnectorCall, ConnectorResult, ConnectorType } from '../domain/connector-type.ts';
import { type PostgresEndpoint, parsePostgresEndpoint } from '../domain/endpoint.ts';
import { parseQueryInput, type QueryInput } from '../domain/postgresql/query-input.ts';
import { RowCollector } from '../domain/postgresql/row-collector.ts';
import { secretForms } from '../domain/redact-secret.ts';
import type { AddressGuard } from './address-guard.ts';
import { postgresFailure } from './postgres-failure.ts';
import { runQuery } from './postgres-query.ts';
import { openPostgresSession } from './postgres-session.ts';
import { type Lease, PostgresSessions } from './postgres-sessions.ts';
import { refuseForbiddenLiteral } from './refuse-forbidden-literal.ts';

export interface PostgresConnectorOptions {
  readonly guard: AddressGuard;
  readonly named: NamedHosts;
  readonly extraCa: string | undefined;
}

/** Read-only queries of a PostgreSQL database. */
export function postgresConnectorType(options: PostgresConnectorOptions): ConnectorType<QueryInput> {
  const sessions = new PostgresSessions();
  return {
    name: 'postgresql',
    operations: ['query'],
    readConfiguration: (connector) => readEndpoint(connector, options.named),
    readInput: (_connector, input) => parseQueryInput(input),
    async execute(call) {
      const forms = secretForms(call.credential);
      try {
        return await execute(call, { ...options, sessions, forms });
      } catch (error) {
        throw call.signal.aborted ? call.signal.reason : postgresFailure(error, forms);
      }
    },
    forget: (secret) => sessions.forget(secret),
    close: async () => sessions.forget(undefined),
  };
}

function readEndpoint(connector: Connector, named: NamedHosts): PostgresEndpoint {
  const endpoint = parsePostgresEndpoint(connector.endpoint);
  if (!endpoint.ok) throw invalidArgument({ field: 'connector.endpoint', description: endpoint.error });
  if (endpoint.value.sslMode === 'disable' && !isNamed(endpoint.value, named)) {
    throw invalidArgument({
      field: 'connector.endpoint',
      description: 'must use TLS: sslmode=disable is for hosts that the operator named',
    });
  }
  refuseForbiddenLiteral(endpoint.value, named);
  if (connector.authType !== 'basic') {
    throw invalidArgument({
      field: 'connector.auth_type',
      description: 'must be basic: the secret is user:password',
    });
  }
  return endpoint.value;
}

interface Execution extends PostgresConnectorOptions {
  readonly sessions: PostgresSessions;
  readonly forms: readonly string[];
}

async function execute(call: ConnectorCall<QueryInput>, execution: Execution): Promise<ConnectorResult> {
  const { connector, input, timeLeftMs, signal } = call;
  const { maxRows, maxBytes } = connector.limits;
  const collector = new RowCollector({ maxRows, maxBytes }, execution.forms);
  const lease = await leaseSession(call, execution);
  try {
    await runQuery(lease.session, { input, collector, maxBytes, timeLeftMs, signal });
    lease.keep();
  } catch (error) {
    // Whatever state it is in, nobody else gets it.
    lease.destroy();
    throw error;
  }
  return {
    outputJson: collector.toJson(),
    sizes: { rows: collector.rowCount, bytes: collector.bytes },
    systemFails: false,
  };
}

function leaseSession(
  { connector, credential, signal }: ConnectorCall<QueryInput>,
  { guard, named, extraCa, sessions }: Execution,
): Promise<Lease> {
  const endpoint = readEndpoint(connector, named);
  if (credential.kind !== 'basic') throw new TypeError('readEndpoint has let another auth_type pass');
  return sessions.lease({ connector, credential }, async () => {
    const dial = await guard.dial(endpoint, signal);
    const isTls = endpoint.sslMode === 'verify-full' || !isNamed(endpoint, named);
    return openPostgresSession({ endpoint, credential, dial, isTls, extraCa, signal });
  });
}
