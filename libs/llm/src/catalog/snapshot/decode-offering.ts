import { canonicalModel } from '../canonical-model.ts';
import { CAPABILITIES, type Capability } from '../capabilities.ts';
import { MODEL_MODES } from '../model-mode.ts';
import type { Offering } from '../offering.ts';
import { SOURCES } from '../offering-prices.ts';
import { decodeExtras, type SnapshotTables } from './decode-extras.ts';
import { confidenceOf, decodePrices, decodeVote } from './decode-prices.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { SnapshotList } from './snapshot-list.ts';

/** One row of a snapshot, see `OfferingRow`. */
export function decodeOffering(provider: string, row: SnapshotList, tables: SnapshotTables): Offering {
  const model = row.string(0);
  const prices = decodePrices(row.list(7));
  const votes = row
    .list(9)
    .lists()
    .map((vote) => decodeVote(vote, prices));
  return Object.freeze({
    provider,
    model,
    name: row.item(1) === 0 ? model : row.string(1),
    canonicalModel: canonicalModel(model),
    mode: row.from(2, MODEL_MODES),
    capabilities: capabilitiesOf(row.count(3), row),
    derivedCapabilities: capabilitiesOf(row.count(4), row),
    contextTokens: row.known(5),
    maxOutputTokens: row.known(6),
    prices,
    priceSource: sourceName(row, tables),
    priceVotes: Object.freeze(votes),
    priceConfidence: confidenceOf(votes, prices),
    complianceTags: NO_TAGS,
    ...decodeExtras(row, tables),
  });
}

const NO_TAGS: readonly string[] = Object.freeze([]);
function sourceName(row: SnapshotList, { sourceNames }: SnapshotTables): string {
  const index = row.count(8);
  return index === 0 ? '' : (sourceNames[index - 1] ?? SOURCES[index - 1] ?? '');
}

/** Sets of capabilities are few: each is made once. */
const CAPABILITY_SETS = new Map<number, readonly Capability[]>();

function capabilitiesOf(mask: number, row: SnapshotList): readonly Capability[] {
  const known = CAPABILITY_SETS.get(mask);
  if (known !== undefined) return known;
  if (mask >= 1 << CAPABILITIES.length)
    throw new SnapshotError(`${row.path} has a capability that is not known`);
  const set = Object.freeze(CAPABILITIES.filter((_, bit) => (mask & (1 << bit)) !== 0));
  CAPABILITY_SETS.set(mask, set);
  return set;
}
