import { Requirements } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import { listNames } from './list-names.ts';

/** Requirements, and whose they are. */
export interface RequirementsLayer {
  /** For people: "the request", "the pool fast", "the policy of tenant acme", "the installation's policy". */
  readonly source: string;
  readonly requirements: Requirements;
}

/** Requirements that hold together, or what of them cannot. */
export type MergedRequirements =
  | { readonly ok: true; readonly requirements: Requirements }
  | { readonly ok: false; readonly conflicts: readonly FieldViolation[] };

/**
 * Adds requirements up: of each kind the stricter counts, so that a layer never lets in what the others keep out.
 *
 * @param layers the request's first: its preferred providers come before the others'
 */
export function mergeRequirements(layers: readonly RequirementsLayer[]): MergedRequirements {
  const [first] = layers;
  if (first === undefined) return { ok: true, requirements: Requirements.create() };
  if (layers.length === 1) return { ok: true, requirements: first.requirements };
  const all = layers.map(({ requirements }) => requirements);
  const residency = intersect(layers, ({ residency }) => (residency.includes('global') ? [] : residency));
  const allowedProviders = intersect(layers, ({ allowedProviders }) => allowedProviders);
  const conflicts: FieldViolation[] = [];
  if (residency.ok === false)
    conflicts.push(conflict('residency', residency.between, 'no region is in each of the lists'));
  if (allowedProviders.ok === false)
    conflicts.push(
      conflict('allowed_providers', allowedProviders.between, 'no provider is in each of the lists'),
    );
  if (residency.ok === false || allowedProviders.ok === false) return { ok: false, conflicts };
  const isAnywhereAllowed = all.some(({ residency }) => residency.includes('global'));
  return {
    ok: true,
    requirements: {
      capabilities: union(all.map(({ capabilities }) => capabilities)),
      maxCostNanoUsd: least(all.map(({ maxCostNanoUsd }) => maxCostNanoUsd)),
      maxPricePerMillionNanoUsd: least(all.map((one) => one.maxPricePerMillionNanoUsd)),
      maxLatencyMs: least(all.map(({ maxLatencyMs }) => maxLatencyMs)),
      // "global" allows every region, so it narrows nothing; it is kept where nobody narrows.
      residency: residency.common.length === 0 && isAnywhereAllowed ? ['global'] : residency.common,
      preferredProviders: union(all.map(({ preferredProviders }) => preferredProviders)),
      excludedProviders: union(all.map(({ excludedProviders }) => excludedProviders)),
      allowedProviders: allowedProviders.common,
      tags: union(all.map(({ tags }) => tags)),
      taskType: first.requirements.taskType,
    },
  };
}

type Intersection =
  | { readonly ok: true; readonly common: string[] }
  /** Layers that leave nothing in common. */
  | {
      readonly ok: false;
      readonly between: readonly (RequirementsLayer & { readonly list: readonly string[] })[];
    };

/** What is in each list that has anything; an empty list allows all. */
function intersect(
  layers: readonly RequirementsLayer[],
  listOf: (requirements: Requirements) => readonly string[],
): Intersection {
  const narrowing = layers
    .map((layer) => ({ ...layer, list: listOf(layer.requirements) }))
    .filter(({ list }) => list.length > 0);
  const [first, ...others] = narrowing;
  if (first === undefined) return { ok: true, common: [] };
  const sets = others.map(({ list }) => new Set(list));
  const common = first.list.filter((item) => sets.every((set) => set.has(item)));
  return common.length === 0 ? { ok: false, between: narrowing } : { ok: true, common: [...new Set(common)] };
}

function conflict(
  field: string,
  between: readonly { readonly source: string; readonly list: readonly string[] }[],
  why: string,
): FieldViolation {
  const said = between.map(({ source, list }) => `${source} allows ${listNames(list)}`);
  return { field: `requirements.${field}`, description: `${why}: ${said.join('; ')}` };
}

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];

const least = <T extends number | bigint>(limits: readonly (T | undefined)[]): T | undefined =>
  limits.reduce((a, b) => (a === undefined ? b : b === undefined || a < b ? a : b), undefined);
