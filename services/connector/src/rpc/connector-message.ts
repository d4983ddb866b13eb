import type { Connector as ConnectorMessage } from '@switchyard/contracts/connector';
import type { Connector } from '../domain/connector.ts';

/** A connector as callers see it. */
export function connectorMessage(connector: Connector): ConnectorMessage {
  const { id, tenant, type, endpoint, credentialRef, authType, apiKeyHeader, limits, createdAt } = connector;
  return {
    id,
    tenant,
    type,
    endpoint,
    credentialRef,
    authType,
    apiKeyHeader,
    limits: { ...limits },
    createdAt,
  };
}
