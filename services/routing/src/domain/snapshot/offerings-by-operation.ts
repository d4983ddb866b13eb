import type { OperationKind } from '@switchyard/llm';
import { CAPABILITY_OF } from '../operation/capability-of.ts';
import { capabilitySet } from './capability.ts';
import type { Offering } from './offering.ts';

type Divided = Map<OperationKind, readonly Offering[]>;
const divisions = new WeakMap<readonly Offering[], Divided>();

/** Whether a kind of work is none of chats, which most models are for. */
export const isOther = (kind: OperationKind = 'chat'): boolean => kind !== 'chat';

/**
 * The offerings that do a kind of work, of many among which a request names none: thousands that only write text are no
 * candidates for vectors, and no answer to "why not". Made once for each array, which must not change; of chats, all.
 */
export function offeringsFor(
  kind: OperationKind = 'chat',
  offerings: readonly Offering[],
): readonly Offering[] {
  if (!isOther(kind)) return offerings;
  let divided = divisions.get(offerings);
  if (divided === undefined) {
    divided = new Map();
    divisions.set(offerings, divided);
  }
  let found = divided.get(kind);
  if (found === undefined) {
    const needed = capabilitySet([CAPABILITY_OF[kind]]);
    found = offerings.filter(({ capabilities }) => (capabilities & needed) !== 0);
    divided.set(kind, found);
  }
  return found;
}
