import { readDescriptorImage } from '@switchyard/contracts';
import { ConnectorAdminServiceService, ConnectorServiceService } from '@switchyard/contracts/connector';
import type { Clock } from '@switchyard/kernel';
import {
  type Authenticate,
  authenticateByCredential,
  defineService,
  type Foundation,
  type RunningService,
  serve,
  startFoundation,
} from '@switchyard/service-kit';
import type { ResolveHost } from './adapters/address-guard.ts';
import { composeParts, type Parts } from './compose-parts.ts';
import type { ConnectorConfig } from './config.ts';
import { createConnector } from './rpc/create-connector.ts';
import { deleteConnector } from './rpc/delete-connector.ts';
import { execute } from './rpc/execute.ts';
import { listConnectors } from './rpc/list-connectors.ts';

/** What tests replace. */
export interface ServiceOverrides {
  readonly authenticate?: Authenticate;
  readonly clock?: Clock;
  readonly resolveHost?: ResolveHost;
}

/** Starts the connector service. It starts and serves what it can while NATS, Postgres or credential are away. */
export async function startService(
  config: ConnectorConfig,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const started = await startFoundation('connector', config);
  await using stack = started.stack.move();
  const foundation: Foundation = { ...started, stack };
  const { clock, resolveHost, authenticate = authenticateCallers(foundation, config) } = overrides;
  const { grpcPort, opsPort } = await serve(foundation, {
    config,
    services: defineServices(composeParts(foundation, { config, clock, resolveHost })),
    authenticate,
    errorDomain: 'switchyard.connector',
    image: readDescriptorImage(),
  });
  const running = stack.move();
  return {
    log: foundation.log,
    addresses: { grpc: `${config.host}:${grpcPort}`, ops: `${config.host}:${opsPort}` },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function authenticateCallers({ bus, names, clock }: Foundation, config: ConnectorConfig): Authenticate {
  const target = { address: config.credentialAddress, apiKey: config.apiKey };
  const authenticator = authenticateByCredential({ target, bus, names, clock });
  return (authorization) => authenticator.authenticate(authorization);
}

function defineServices(parts: Parts) {
  return [
    defineService(ConnectorServiceService, {
      execute: { permission: 'connector.execute', handle: execute(parts) },
    }),
    defineService(ConnectorAdminServiceService, {
      createConnector: { permission: 'connector.write', handle: createConnector(parts) },
      listConnectors: { permission: 'connector.read', handle: listConnectors(parts) },
      deleteConnector: { permission: 'connector.write', handle: deleteConnector(parts) },
    }),
  ];
}
