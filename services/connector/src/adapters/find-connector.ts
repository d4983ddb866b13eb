import type { Transaction } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import { CONNECTOR_COLUMNS, type ConnectorRow, connectorOfRow } from './connector-rows.ts';

/** The connector of a tenant by its id; undefined where there is none. */
export async function findConnector(
  transaction: Transaction,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<Connector | undefined> {
  const { rows } = await transaction.query<ConnectorRow>(
    `SELECT ${CONNECTOR_COLUMNS} FROM connector.connectors WHERE tenant = $1 AND id = $2`,
    [tenant, id],
  );
  return rows[0] && connectorOfRow(rows[0]);
}
