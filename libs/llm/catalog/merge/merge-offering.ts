import type { ModelMode } from '../../src/catalog/model-mode.ts';
import type { RegistryProvider } from '../registry/registry.ts';
import { correctedCapabilities, correctedMode } from '../source-corrections.ts';
import { modeOfName } from '../sources/mode-of-name.ts';
import type { SourceEntry } from '../sources/source-entry.ts';
import { deriveCapabilities } from './derive-capabilities.ts';
import { mergeRegional, mergeServiceTiers, mergeTiers, mergeUnits } from './merge-extra-prices.ts';
import { mergePrices } from './merge-prices.ts';
import type { MergedOffering } from './merged-offering.ts';
import type { Quarantined } from './quarantine.ts';
import { profileRegion } from './region-prefix.ts';
import { FACT_RANK, priceRank, ranked } from './source-rank.ts';

/** What a model is merged with. */
export interface MergeContext {
  readonly provider: Pick<RegistryProvider, 'id' | 'kind' | 'wireFormat'>;
  /** Whether a source that lists what the provider offers now is there. */
  readonly isListed: boolean;
  /** Day of the refresh, "2026-07-24". */
  readonly day: string;
}

/** One model, merged field by field, and the prices that were set aside. */
export interface MergeResult {
  readonly offering: MergedOffering;
  readonly quarantined: readonly Quarantined[];
}

/** Sources that list what a provider offers now, and drop what it no longer does. */
export const LISTING_SOURCES: ReadonlySet<string> = new Set(['models.dev', 'pi-ai']);

/** Merges what the sources say of one model at one provider: at least one entry. */
export function mergeOffering(entries: readonly SourceEntry[], context: MergeContext): MergeResult {
  const facts = ranked(entries, FACT_RANK);
  const first = <Field extends keyof SourceEntry>(field: Field): SourceEntry[Field] | undefined =>
    facts.find((entry) => entry[field] !== undefined)?.[field];
  const model = first('model') ?? '';
  const provider = context.provider.id;
  const contextTokens = first('contextTokens');
  const mode = correctedMode(provider, model) ?? mergeModes(model, facts);
  const byPrice = ranked(entries, priceRank(context.provider.kind));
  const { prices, source, votes, quarantined } = mergePrices(entries, context.provider.kind);
  const served = { prices, contextTokens };
  const serviceTiers = mergeServiceTiers(entries, served);
  const hasBatchPrice = serviceTiers.batch !== undefined;
  const corrected = correctedCapabilities(provider, model);
  const offering: MergedOffering = {
    provider,
    model,
    name: first('name') ?? model,
    mode,
    wireFormat: ownFormat(first('wireFormat'), context),
    ...deriveCapabilities(facts, { mode, contextTokens, hasBatchPrice, corrected }),
    traits: first('traits'),
    contextTokens,
    maxOutputTokens: first('maxOutputTokens'),
    prices,
    priceSource: source,
    priceVotes: votes,
    tiers: mergeTiers(byPrice, served),
    serviceTiers,
    unitPrices: mergeUnits(entries),
    regionalPrices: mergeRegional(byPrice, prices),
    regions: regionsOf(model, facts),
    aliasOf: undefined,
    isAlias: /[-:]latest$/.test(model),
    releasedOn: first('releasedOn'),
    ...lifeOf(entries, context),
  };
  return { offering, quarantined };
}

/** What Bedrock's profile names, else what the best source states. */
function regionsOf(model: string, facts: readonly SourceEntry[]): readonly string[] {
  const profile = profileRegion(facts[0]?.provider ?? '', model);
  return profile === undefined ? (facts.find(({ regions }) => regions.length > 0)?.regions ?? []) : [profile];
}

/** Whether it is being given up, or may be gone. */
function lifeOf(entries: readonly SourceEntry[], { isListed, day }: MergeContext) {
  const deprecatedOn = entries.find((entry) => entry.deprecatedOn !== undefined)?.deprecatedOn;
  const isPast = deprecatedOn !== undefined && deprecatedOn <= day;
  return {
    deprecatedOn,
    deprecated: isPast || entries.some(({ deprecated }) => deprecated === true),
    unlisted: isListed && !entries.some(({ source }) => LISTING_SOURCES.has(source)),
  };
}

/** Whose word counts that a model is no chat: others call it by what it is used for. */
const MODE_SOURCES: ReadonlySet<string> = new Set(['models.dev', 'litellm', 'pi-ai']);

/** Whoever says that it is no chat is right: sources call everything a chat that they know nothing else of. */
function mergeModes(model: string, facts: readonly SourceEntry[]): ModelMode {
  const trusted = facts.filter(({ source }) => MODE_SOURCES.has(source)).map(({ mode }) => mode);
  const special = trusted.find((mode) => mode !== undefined && mode !== 'chat' && mode !== 'completion');
  return special ?? modeOfName(model) ?? facts.find(({ mode }) => mode !== undefined)?.mode ?? 'other';
}

/** A format of the model's own; `undefined` where it is its provider's. */
function ownFormat(wireFormat: string | undefined, { provider }: MergeContext): string | undefined {
  return wireFormat === provider.wireFormat ? undefined : wireFormat;
}
