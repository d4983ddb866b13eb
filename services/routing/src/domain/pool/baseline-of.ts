import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** What savings of a request are told against, at what its tenant is charged at an instant; undefined: nothing. */
export function baselineOf(
  { selector, tenant }: Pick<Needs, 'selector' | 'tenant'>,
  { terms }: Pick<Snapshot, 'terms'>,
  wallMs: number,
): Offering | undefined {
  const listed = selector.kind === 'pool' ? selector.pool.baseline : undefined;
  return listed === undefined || terms === undefined ? listed : terms.repriceFor(tenant, wallMs)(listed);
}
