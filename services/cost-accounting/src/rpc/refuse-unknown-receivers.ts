import { invalidArgument } from '@switchyard/kernel';
import type { KnownReceivers } from '../ports.ts';

/** Which receivers a field of a request names, of whom. */
export interface NamedReceivers {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly field: string;
}

/** Receivers that are asked for once of each owner, however many budgets name them. For one request. */
export function askedOnce(known: KnownReceivers): KnownReceivers {
  const asked = new Map<string, Promise<ReadonlySet<string>>>();
  return {
    ids: (tenant) => {
      const answer = asked.get(tenant) ?? known.ids(tenant);
      asked.set(tenant, answer);
      return answer;
    },
  };
}

/** @throws INVALID_ARGUMENT with the place of a receiver that is not there; UNAVAILABLE where that cannot be asked for */
export async function refuseUnknownReceivers(
  known: KnownReceivers,
  { tenant, ids, field }: NamedReceivers,
): Promise<void> {
  if (ids.length === 0) return;
  const there = await known.ids(tenant);
  const unknown = ids.findIndex((id) => !there.has(id));
  if (unknown >= 0)
    throw invalidArgument({ field: `${field}[${unknown}]`, description: 'there is no such receiver' });
}
