import { unreachable } from '@switchyard/kernel';
import type { Operation } from '@switchyard/llm';
import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';
import { indexOf, type OfferingIndex } from '../snapshot/offering-index.ts';
import { isOther, offeringsFor } from '../snapshot/offerings-by-operation.ts';
import { offeringsByKey, offeringsByTenant, offeringsSeenBy } from '../snapshot/offerings-by-tenant.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Whose offerings a request may choose among. */
export interface Selection extends Pick<Needs, 'selector' | 'tenant'> {
  /** What they are asked for. Default: a chat. */
  readonly operation?: Operation;
}

/** What a request may choose among: what its model names and its tenant sees. */
export interface SelectedOfferings {
  readonly count: number;
  /** Where they are many: arranged so that few are looked at. undefined where each can be looked at. */
  readonly index: OfferingIndex | undefined;
  /** Each of them, the installation's first. */
  all(): readonly Offering[];
}

/** So many candidates are all looked at: then a decision tells of each. */
const ALL_LOOKED_AT = 64;

/** Selects the offerings that a request's model names and its tenant sees, without a look at those of other tenants. */
export function selectOfferings(
  { selector, tenant, operation }: Selection,
  snapshot: Snapshot,
): SelectedOfferings {
  const qualified = namedWithProvider({ selector, tenant }, snapshot);
  if (qualified.length > 0) return { count: qualified.length, index: undefined, all: () => qualified };
  const named = namedOfferings({ selector, operation }, snapshot);
  const { common, own } = offeringsByTenant(named);
  const count = common.length + (own.get(tenant)?.length ?? 0);
  return {
    count,
    // The index knows the cheapest of token prices in and out, which is not what other work costs.
    index: count > ALL_LOOKED_AT && !isOther(operation?.kind) ? indexOf(named) : undefined,
    all: () => offeringsSeenBy(tenant, named),
  };
}

/** Makes what selections on a snapshot will ask for, so that no request waits for it. */
export function prepareSelections({ offerings, byModel, pools }: Snapshot): void {
  offeringsByKey(offerings);
  prepare(offerings);
  for (const named of byModel.values()) prepare(named);
  for (const pool of pools.byName.values()) if (pool.offerings !== 'any') prepare(pool.offerings);
}

function prepare(named: readonly Offering[]): void {
  if (named.length <= ALL_LOOKED_AT) return;
  const { common, own } = offeringsByTenant(named);
  const mostOwn = own.values().reduce((most, { length }) => Math.max(most, length), 0);
  if (common.length + mostOwn > ALL_LOOKED_AT) indexOf(named);
}

/** Whether a request's model names anything that its tenant sees. */
export const isOffered = (selection: Selection, snapshot: Snapshot): boolean =>
  selectOfferings(selection, snapshot).count > 0;

/** Whether a request's model is named together with its provider. */
export const namesProvider = (selection: Selection, snapshot: Snapshot): boolean =>
  namedWithProvider(selection, snapshot).length > 0;

/** The offerings that a selector names, of all tenants: the same array as long as the snapshot's offerings stay. */
function namedOfferings(
  { selector, operation }: Pick<Selection, 'selector' | 'operation'>,
  snapshot: Snapshot,
): readonly Offering[] {
  switch (selector.kind) {
    case 'auto':
      return offeringsFor(operation?.kind, snapshot.offerings);
    case 'model':
      return snapshot.byModel.get(selector.model) ?? [];
    case 'pool':
      return selector.pool.offerings === 'any'
        ? offeringsFor(operation?.kind, snapshot.offerings)
        : selector.pool.offerings;
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
  const byKey = offeringsByKey(offerings);
  const keys = tenant === '' ? [`/${selector.model}`] : [`/${selector.model}`, `${tenant}/${selector.model}`];
  return keys.map((key) => byKey.get(key)).filter((offering) => offering !== undefined);
}

const NONE: readonly Offering[] = [];
