import type { Transaction } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import { CONNECTOR_COLUMNS, type ConnectorRow, connectorOfRow } from './connector-rows.ts';

/** Connectors of a tenant after an id, in the order of ids. */
export async function listConnectors(
  transaction: Transaction,
  { tenant, afterId, limit }: { readonly tenant: string; readonly afterId: string; readonly limit: number },
): Promise<readonly Connector[]> {
  const { rows } = await transaction.query<ConnectorRow>(
    `SELECT ${CONNECTOR_COLUMNS} FROM connector.connectors WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [tenant, afterId, limit],
  );
  return rows.map(connectorOfRow);
}
