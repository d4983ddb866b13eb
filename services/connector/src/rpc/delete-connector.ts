import type { DeleteConnectorRequest, DeleteConnectorResponse } from '@switchyard/contracts/connector';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import { connectorError } from '../errors.ts';
import type { Audit, ConnectorStore } from '../ports.ts';

/** Removes a connector, audited before. Calls under way end as they would have. */
export function deleteConnector({
  store,
  audit,
}: {
  readonly store: ConnectorStore;
  readonly audit: Audit;
}): UnaryHandler<DeleteConnectorRequest, DeleteConnectorResponse> {
  return async (request, { principal }) => {
    const tenant = actingTenant(principal, request.tenant);
    const connector = await store.find(tenant, request.id);
    if (connector === undefined) throw connectorError('CONNECTOR_NOT_FOUND');
    await audit.append({
      tenant,
      actor: principal.keyId,
      action: 'connector.delete',
      connector: request.id,
      outcome: 'allowed',
      details: {},
    });
    if (!(await store.delete(tenant, request.id))) throw connectorError('CONNECTOR_NOT_FOUND');
    return {};
  };
}
