import type { Requirements } from '@switchyard/contracts/routing';
import { CAPABILITIES, isCapability } from '../snapshot/capability.ts';
import { isRegion, REGIONS } from '../snapshot/region.ts';
import { Suggestions } from './suggestions.ts';

/** Notes a field that is wrong. */
export type Check = (holds: boolean, field: string, description: string) => void;

/** Of capabilities and of regions: more than there are. */
const MAX_NAMES = 64;
const MAX_PROVIDERS = 1_000;
const MAX_PROVIDER_ID = 64;
const MAX_TAGS = 64;

/** Checks requirements, of a request, a pool or a policy: each by itself, and that they do not contradict each other. */
export function checkRequirements(requirements: Requirements, check: Check): void {
  const { maxCostNanoUsd, maxPricePerMillionNanoUsd, maxLatencyMs, taskType } = requirements;
  const at = (field: string) => `requirements.${field}`;
  const suggestions = new Suggestions();
  for (const list of ['capabilities', 'residency'] as const)
    check(requirements[list].length <= MAX_NAMES, at(list), `must be at most ${MAX_NAMES}`);
  requirements.capabilities.slice(0, MAX_NAMES).forEach((name, i) => {
    if (isCapability(name)) return;
    const near = suggestions.near(name, CAPABILITIES);
    check(false, at(`capabilities[${i}]`), `must be one of ${CAPABILITIES.join(', ')}${near}`);
  });
  requirements.residency.slice(0, MAX_NAMES).forEach((name, i) => {
    if (isRegion(name)) return;
    const near = suggestions.near(name, REGIONS);
    check(false, at(`residency[${i}]`), `must be one of ${REGIONS.join(', ')}${near}`);
  });
  check((maxCostNanoUsd ?? 0n) >= 0n, at('max_cost_nano_usd'), 'must be at least 0');
  check((maxPricePerMillionNanoUsd ?? 0n) >= 0n, at('max_price_per_million_nano_usd'), 'must be at least 0');
  check((maxLatencyMs ?? 1) >= 1, at('max_latency_ms'), 'must be at least 1');
  const tagsFit =
    requirements.tags.length <= MAX_TAGS && requirements.tags.every(({ length }) => length <= 128);
  check(tagsFit, at('tags'), `at most ${MAX_TAGS}, each at most 128 characters`);
  check(taskType.length <= 64, at('task_type'), 'must have at most 64 characters');
  checkProviders(requirements, check);
}

/** What is asked for and ruled out at once can be met by nobody, or was not meant. */
function checkProviders(
  { allowedProviders, excludedProviders, preferredProviders }: Requirements,
  check: Check,
): void {
  const lists = { allowedProviders, excludedProviders, preferredProviders };
  const names = {
    allowedProviders: 'allowed_providers',
    excludedProviders: 'excluded_providers',
    preferredProviders: 'preferred_providers',
  };
  let fit = true;
  for (const [list, ids] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    const fits = ids.length <= MAX_PROVIDERS && ids.every(({ length }) => length <= MAX_PROVIDER_ID);
    const bounds = `at most ${MAX_PROVIDERS}, each at most ${MAX_PROVIDER_ID} characters`;
    check(fits, `requirements.${names[list]}`, bounds);
    fit &&= fits;
  }
  // What follows repeats the ids: that is for ids of a bounded length.
  if (!fit) return;
  const allowed = new Set(allowedProviders);
  const excluded = new Set(excludedProviders);
  const both = excludedProviders.find((id) => allowed.has(id));
  check(both === undefined, 'requirements.excluded_providers', `${both} is allowed and excluded at once`);
  preferredProviders.forEach((id, i) => {
    const field = `requirements.preferred_providers[${i}]`;
    check(!excluded.has(id), field, `${id} is preferred and excluded at once`);
    check(allowed.size === 0 || allowed.has(id), field, `${id} is preferred but not among the allowed ones`);
  });
}
