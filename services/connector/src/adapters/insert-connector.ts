import type { Transaction } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import { connectorError } from '../errors.ts';
import { CONNECTOR_COLUMNS, rowOfConnector } from './connector-rows.ts';

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = '23505';

/** Adds a connector. @throws CONNECTOR_EXISTS, TOO_MANY_CONNECTORS */
export async function insertConnector(
  transaction: Transaction,
  { connector, maxConnectors }: { readonly connector: Connector; readonly maxConnectors: number },
): Promise<void> {
  // One tenant's additions happen one after another: two at once could both see the last free place.
  await transaction.query(`SELECT pg_advisory_xact_lock(hashtext('connectors'), hashtext($1))`, [
    connector.tenant,
  ]);
  const { rows } = await transaction.query<{ count: string }>(
    'SELECT count(*) FROM connector.connectors WHERE tenant = $1',
    [connector.tenant],
  );
  if (Number(rows[0]?.count) >= maxConnectors) {
    throw connectorError('TOO_MANY_CONNECTORS', { metadata: { max_connectors: String(maxConnectors) } });
  }
  const values = rowOfConnector(connector);
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  await transaction
    .query(`INSERT INTO connector.connectors (${CONNECTOR_COLUMNS}) VALUES (${places})`, values)
    .catch((error: unknown) => {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw connectorError('CONNECTOR_EXISTS');
      throw error;
    });
}
