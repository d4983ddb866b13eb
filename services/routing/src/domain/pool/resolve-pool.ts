import type { Pool, PoolMember } from '@switchyard/contracts/routing';
import { namesOf } from '../snapshot/index-models.ts';
import type { Offering } from '../snapshot/offering.ts';
import { memberOffering, type SnapshotPool } from '../snapshot/snapshot-pool.ts';
import type { MemberOfferings } from './member-offerings.ts';

/** A pool with the offerings that its members stand for. One that several members name belongs to the first of them. */
export function resolvePool(pool: Pool, index: MemberOfferings): SnapshotPool {
  const { id, tenant, requirements, strategy, compositeWeights, cache, hedge, taskTypes } = pool;
  const baseline = pool.baseline && offeringsOf(pool.baseline, pool, index)[0];
  const shared = { id, tenant, requirements, strategy, compositeWeights, cache, hedge, taskTypes, baseline };
  if (pool.members.length === 0) return { ...shared, offerings: 'any' };
  const offerings = new Map<string, Offering>();
  pool.members.forEach((member, place) => {
    const { priority, weight } = member;
    for (const offering of offeringsOf(member, pool, index))
      if (!offerings.has(offering.key))
        offerings.set(offering.key, memberOffering(offering, { index: place, priority, weight }));
  });
  return { ...shared, offerings: [...offerings.values()] };
}

function offeringsOf(
  { provider, model }: PoolMember,
  { tenant }: Pool,
  { byProvider, byModel }: MemberOfferings,
): readonly Offering[] {
  if (provider === '') {
    const offering = byModel.get(model) ?? [];
    // A pool of the installation serves each tenant with what it sees, its own among it; decisions pass over the others'.
    return tenant === '' ? offering : offering.filter((one) => isOf(one, tenant) || isOf(one, ''));
  }
  const named = byProvider.get(provider) ?? [];
  const own = named.filter((one) => isOf(one, tenant));
  const ofProvider = own.length > 0 ? own : named.filter((one) => isOf(one, ''));
  return model === '' ? ofProvider : ofProvider.filter((one) => namesOf(one).has(model));
}

const isOf = ({ provider }: Offering, tenant: string): boolean => provider.tenant === tenant;
