import type { Transaction } from '@switchyard/service-kit';

/** Removes a connector. @returns whether there was one */
export async function deleteConnector(
  transaction: Transaction,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM connector.connectors WHERE tenant = $1 AND id = $2',
    [tenant, id],
  );
  return (rowCount ?? 0) > 0;
}
