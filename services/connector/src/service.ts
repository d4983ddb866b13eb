import { readDescriptorImage } from '@switchyard/contracts';
import { ConnectorAdminServiceService, ConnectorServiceService } from '@switchyard/contracts/connector';
import type { Clock } from '@switchyard/kernel';
import {
  type Authenticate,
  authenticateCallers,
  defineService,
  type ResolveHost,
  type RunningService,
  serve,
  startComposed,
} from '@switchyard/service-kit';
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
export function startService(
  config: ConnectorConfig,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  return startComposed('connector', config, async (foundation) => {
    const { clock, resolveHost, authenticate = authenticateCallers(foundation, config) } = overrides;
    const { grpcPort, opsPort } = await serve(foundation, {
      config,
      services: defineServices(composeParts(foundation, { config, clock, resolveHost })),
      authenticate,
      errorDomain: 'switchyard.connector',
      image: readDescriptorImage(),
    });
    return { grpc: `${config.host}:${grpcPort}`, ops: `${config.host}:${opsPort}` };
  });
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
