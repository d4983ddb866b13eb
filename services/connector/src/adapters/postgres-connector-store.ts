import type { Postgres } from '@switchyard/service-kit';
import type { ConnectorStore } from '../ports.ts';
import { deleteConnector } from './delete-connector.ts';
import { findConnector } from './find-connector.ts';
import { insertConnector } from './insert-connector.ts';
import { listConnectors } from './list-connectors.ts';

/** Connectors in the service's own database; every access sees one tenant. */
export function postgresConnectorStore(postgres: Postgres, maxConnectors: number): ConnectorStore {
  return {
    insert: (connector) =>
      postgres.asTenant(connector.tenant, (transaction) =>
        insertConnector(transaction, { connector, maxConnectors }),
      ),
    find: (tenant, id) =>
      postgres.asTenant(tenant, (transaction) => findConnector(transaction, { tenant, id })),
    list: (tenant, page) =>
      postgres.asTenant(tenant, (transaction) => listConnectors(transaction, { tenant, ...page })),
    delete: (tenant, id) =>
      postgres.asTenant(tenant, (transaction) => deleteConnector(transaction, { tenant, id })),
  };
}
