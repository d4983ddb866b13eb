import { unreachable } from '@switchyard/kernel';
import type { ModelSelector, Needs } from '../request/needs.ts';
import { indexOf, type OfferingIndex } from '../snapshot/offering-index.ts';
import type { Offering, Snapshot } from '../snapshot/snapshot.ts';

/** Whose offerings a request may choose among. */
export type Selection = Pick<Needs, 'selector' | 'tenant'>;

/** The offerings that a request's model names and its tenant sees. */
export function selectOfferings({ selector, tenant }: Selection, snapshot: Snapshot): readonly Offering[] {
  const qualified = namedWithProvider({ selector, tenant }, snapshot);
  if (qualified.length > 0) return qualified;
  return namedOfferings(selector, snapshot).filter((offering) => isVisible(offering, tenant));
}

/** So many candidates are all looked at: then a decision tells of each. */
const ALL_LOOKED_AT = 64;

/** The index of what a request's model names, where that is much; undefined where each can be looked at. */
export function largeSelection(
  { selector, tenant }: Selection,
  snapshot: Snapshot,
): OfferingIndex | undefined {
  const named = namedOfferings(selector, snapshot);
  if (named.length <= ALL_LOOKED_AT || namedWithProvider({ selector, tenant }, snapshot).length > 0)
    return undefined;
  const index = indexOf(named);
  return index.countFor(tenant) <= ALL_LOOKED_AT ? undefined : index;
}

/** Makes the indexes that decisions on a snapshot will ask for, so that no request waits for one. */
export function prepareSelections({ offerings, pools }: Snapshot): void {
  const named = [offerings];
  for (const pool of pools.byName.values()) if (pool.offerings !== 'any') named.push(pool.offerings);
  for (const some of named) if (some.length > ALL_LOOKED_AT) indexOf(some);
}

/** Whether a request's model names anything that its tenant sees. */
export const isOffered = (selection: Selection, snapshot: Snapshot): boolean =>
  largeSelection(selection, snapshot) !== undefined || selectOfferings(selection, snapshot).length > 0;

/** The offerings that a selector names, of all tenants: the same array as long as the snapshot's offerings stay. */
function namedOfferings(selector: ModelSelector, snapshot: Snapshot): readonly Offering[] {
  switch (selector.kind) {
    case 'auto':
      return snapshot.offerings;
    case 'model':
      return snapshot.byModel.get(selector.model) ?? [];
    case 'pool':
      return selector.pool.offerings === 'any' ? snapshot.offerings : selector.pool.offerings;
    default:
      return unreachable(selector);
  }
}

/**
 * What "provider/model" names, where the model's id may have slashes, too: it is the end of an offering's key. It comes before a
 * model with the whole of it as its id ("openai/gpt-4o" of an aggregator): who names a provider means that provider.
 */
function namedWithProvider({ selector, tenant }: Selection, { offerings }: Snapshot): readonly Offering[] {
  if (selector.kind !== 'model' || !selector.model.includes('/')) return NONE;
  const { byKey } = indexOf(offerings);
  const keys = tenant === '' ? [`/${selector.model}`] : [`/${selector.model}`, `${tenant}/${selector.model}`];
  return keys.map((key) => byKey.get(key)).filter((offering) => offering !== undefined);
}

const NONE: readonly Offering[] = [];

const isVisible = ({ provider }: Offering, tenant: string): boolean =>
  provider.tenant === '' || provider.tenant === tenant;
