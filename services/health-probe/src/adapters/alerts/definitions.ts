import type { Transaction } from '@switchyard/service-kit';
import type { DefinitionName, StoredDefinition } from '../../ports.ts';
import { ownerOf } from '../health-rows.ts';

/** Tables that hold definitions as JSON, one by owner and id. */
export type DefinitionTable = 'alert_rules' | 'alert_receivers';

/** Puts a definition, in the place of one with the same id. @returns false where it would be one more than there may be */
export async function putDefinition(
  transaction: Transaction,
  table: DefinitionTable,
  { tenant, id, definition, max }: StoredDefinition & { readonly max: number },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO health_probe.${table} (tenant, id, definition)
     SELECT $1, $2, $3 WHERE (SELECT count(*) FROM health_probe.${table} WHERE tenant = $1 AND id <> $2) < $4
     ON CONFLICT (tenant, id) DO UPDATE SET definition = $3`,
    [ownerOf(tenant), id, JSON.stringify(definition), max],
  );
  return (rowCount ?? 0) > 0;
}

/** Definitions of one owner, in the order of their ids. */
export async function listDefinitions(
  transaction: Transaction,
  table: DefinitionTable,
  tenant: string,
): Promise<readonly unknown[]> {
  const { rows } = await transaction.query<{ definition: unknown }>(
    `SELECT definition FROM health_probe.${table} WHERE tenant = $1 ORDER BY id`,
    [ownerOf(tenant)],
  );
  return rows.map(({ definition }) => definition);
}

/** @returns whether there was one */
export async function deleteDefinition(
  transaction: Transaction,
  table: DefinitionTable,
  { tenant, id }: DefinitionName,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `DELETE FROM health_probe.${table} WHERE tenant = $1 AND id = $2`,
    [ownerOf(tenant), id],
  );
  return (rowCount ?? 0) > 0;
}
