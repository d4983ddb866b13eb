import { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import type { Transaction } from '@switchyard/service-kit';
import type { ConfiguredObject } from '../domain/configuration/configured-object.ts';
import type { PlannedChange } from '../domain/configuration/plan-changes.ts';
import { newEtag } from './configuration-rows.ts';
import { decidesWho } from './decides-who.ts';

/** Writes planned changes, in the transaction that they were planned in. */
export async function writeChanges(
  transaction: Transaction,
  changes: readonly PlannedChange[],
): Promise<void> {
  const now = new Date();
  for (const change of changes) {
    switch (change.action) {
      case 'add':
        await store(transaction, stamped(change.object, { createdAt: now, updatedAt: now }));
        break;
      case 'change':
        await store(
          transaction,
          stamped(change.object, { createdAt: createdAtOf(change.before), updatedAt: now }),
        );
        break;
      case 'remove':
        await remove(transaction, change.object);
        break;
      default:
        unreachable(change);
    }
  }
}

interface Stamp {
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date;
}

const createdAtOf = (object: ConfiguredObject): Date | undefined =>
  object.kind === 'policy' ? undefined : object.value.createdAt;

function stamped(object: ConfiguredObject, { createdAt, updatedAt }: Stamp): ConfiguredObject {
  const etag = newEtag();
  switch (object.kind) {
    case 'provider':
      return { kind: 'provider', value: { ...object.value, etag, createdAt, updatedAt } };
    case 'pool':
      return { kind: 'pool', value: { ...object.value, etag, createdAt, updatedAt } };
    case 'policy':
      return { kind: 'policy', value: { ...object.value, etag, updatedAt } };
    case 'experiment':
      return { kind: 'experiment', value: { ...object.value, etag, createdAt } };
    default:
      return unreachable(object);
  }
}

async function store(transaction: Transaction, { kind, value }: ConfiguredObject): Promise<void> {
  switch (kind) {
    case 'provider':
      await transaction.query(storeStatement('providers'), [
        value.tenant,
        value.id,
        Provider.encode(value).finish(),
        value.etag,
      ]);
      return;
    case 'pool':
      await transaction.query(storeStatement('pools'), [
        value.tenant,
        value.id,
        Pool.encode(value).finish(),
        value.etag,
      ]);
      return;
    case 'policy':
      await transaction.query(
        `INSERT INTO routing.policies (tenant, body, etag) VALUES ($1, $2, $3)
         ON CONFLICT (tenant) DO UPDATE SET body = excluded.body, etag = excluded.etag, updated_at = now()`,
        [value.tenant, Policy.encode(value).finish(), value.etag],
      );
      return;
    case 'experiment':
      await transaction.query(STORE_EXPERIMENT, [
        value.tenant,
        value.id,
        Experiment.encode(value).finish(),
        decidesWho(value),
        value.etag,
      ]);
      return;
    default:
      unreachable(kind);
  }
}

const storeStatement = (table: 'providers' | 'pools'): string =>
  `INSERT INTO routing.${table} (tenant, id, body, etag) VALUES ($1, $2, $3, $4)
   ON CONFLICT (tenant, id) DO UPDATE SET body = excluded.body, etag = excluded.etag, updated_at = now()`;

const STORE_EXPERIMENT = `INSERT INTO routing.experiments (tenant, id, body, decides, etag) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (tenant, id) DO UPDATE
   SET body = excluded.body, decides = excluded.decides, etag = excluded.etag, updated_at = now()`;

const TABLES = { provider: 'providers', pool: 'pools', experiment: 'experiments' } as const;

async function remove(transaction: Transaction, { kind, value }: ConfiguredObject): Promise<void> {
  if (kind === 'policy') {
    await transaction.query('DELETE FROM routing.policies WHERE tenant = $1', [value.tenant]);
    return;
  }
  await transaction.query(`DELETE FROM routing.${TABLES[kind]} WHERE tenant = $1 AND id = $2`, [
    value.tenant,
    value.id,
  ]);
}
