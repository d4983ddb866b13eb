import { invalidArgument } from '@switchyard/kernel';
import type { KnownReceivers } from '../ports.ts';

/** Which receivers a field of a request names, of whom. */
export interface NamedReceivers {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly field: string;
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
