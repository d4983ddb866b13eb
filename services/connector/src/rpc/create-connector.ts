import type { CreateConnectorRequest, CreateConnectorResponse } from '@switchyard/contracts/connector';
import { type Clock, uuidV7 } from '@switchyard/kernel';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import type { ConnectorTypes } from '../connector-types.ts';
import { parseConnector } from '../domain/parse-connector.ts';
import type { Audit, ConnectorStore } from '../ports.ts';
import { connectorMessage } from './connector-message.ts';

export interface CreateConnectorDependencies {
  readonly store: ConnectorStore;
  readonly types: ConnectorTypes;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Adds a connector: checked by its type, audited before it is stored. */
export function createConnector({
  store,
  types,
  audit,
  clock,
}: CreateConnectorDependencies): UnaryHandler<CreateConnectorRequest, CreateConnectorResponse> {
  return async (request, { principal }) => {
    const tenant = actingTenant(principal, request.connector?.tenant ?? '');
    const wallMs = clock.wallMs();
    const made = { uid: uuidV7(wallMs), tenant, createdAt: new Date(wallMs) };
    const connector = parseConnector(request.connector, made);
    types[connector.type].readConfiguration(connector);
    await audit.append({
      tenant,
      actor: principal.keyId,
      action: 'connector.create',
      connector: connector.id,
      outcome: 'allowed',
      details: {
        type: connector.type,
        endpoint: connector.endpoint,
        credential_ref: connector.credentialRef,
      },
    });
    await store.insert(connector);
    return { connector: connectorMessage(connector) };
  };
}
