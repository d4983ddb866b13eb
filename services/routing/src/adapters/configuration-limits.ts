import type { Transaction } from '@switchyard/service-kit';
import { tooManyObjects } from '../errors.ts';

/**
 * Providers, pools and experiments that a tenant may have, of each. Every replica keeps them all in memory and every change
 * reads them all: without a bound one tenant would slow down the others.
 */
export const MAX_TENANT_OBJECTS = 100;
/** The same of the installation. */
export const MAX_INSTALLATION_OBJECTS = 2_000;

const KINDS = ['providers', 'pools', 'experiments'] as const;

/** How many a tenant has of each kind. */
export type ObjectCounts = Readonly<Record<(typeof KINDS)[number], number>>;

/** @param tenant '' for the installation */
export async function countObjects(transaction: Transaction, tenant: string): Promise<ObjectCounts> {
  const { rows } = await transaction.query<ObjectCounts>(COUNT, [tenant]);
  return rows[0] as ObjectCounts;
}

/** What there is, and what there is to be, of several tenants. */
export interface CountedChange {
  readonly before: CountedObjects;
  readonly after: CountedObjects;
}

type CountedObjects = Readonly<Record<(typeof KINDS)[number], readonly { readonly tenant: string }[]>>;

/** @throws TOO_MANY_OBJECTS where a change made more of a kind than one of the tenants may have */
export function refuseTooManyOfAny({ before, after }: CountedChange): void {
  const [had, has] = [countsByTenant(before), countsByTenant(after)];
  for (const [tenant, counts] of has) refuseTooMany(tenant, had.get(tenant) ?? NONE, counts);
}

const NONE: ObjectCounts = { providers: 0, pools: 0, experiments: 0 };

function countsByTenant(objects: CountedObjects): ReadonlyMap<string, ObjectCounts> {
  const counts = new Map<string, ObjectCounts>();
  for (const kind of KINDS)
    for (const { tenant } of objects[kind]) {
      const known = counts.get(tenant) ?? NONE;
      counts.set(tenant, { ...known, [kind]: known[kind] + 1 });
    }
  return counts;
}

/** @throws TOO_MANY_OBJECTS where a change made more of a kind than there may be; fewer than before is always allowed */
export function refuseTooMany(tenant: string, before: ObjectCounts, after: ObjectCounts): void {
  const max = tenant === '' ? MAX_INSTALLATION_OBJECTS : MAX_TENANT_OBJECTS;
  for (const kind of KINDS)
    if (after[kind] > max && after[kind] > before[kind]) throw tooManyObjects({ tenant, kind, max });
}

const COUNT = `SELECT ${KINDS.map((kind) => `(SELECT count(*) FROM routing.${kind} WHERE tenant = $1)::int AS ${kind}`).join(', ')}`;
