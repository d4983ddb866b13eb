import { type Provider, type ProviderEndpoint, ProviderMode } from '@switchyard/contracts/routing';
import type { Check } from '../request/validate-requirements.ts';
import { isRegion, REGIONS } from '../snapshot/region.ts';

const MODES: ReadonlySet<ProviderMode> = new Set([
  ProviderMode.UNSPECIFIED,
  ProviderMode.ENABLED,
  ProviderMode.DISABLED,
  ProviderMode.MAINTENANCE,
]);

/** What a provider and each of its endpoints say of how it is reached: the same bounds hold for both. */
type Reach = Pick<
  Provider & ProviderEndpoint,
  'baseUrl' | 'credentialRef' | 'region' | 'tags' | 'weight' | 'mode'
>;

/** Checks the bounds of a reach. */
export function checkReach(
  { baseUrl, credentialRef, region, tags, weight, mode }: Reach,
  check: Check,
): void {
  check(baseUrl.length <= 2_048, 'base_url', 'must have at most 2048 characters');
  check(credentialRef.length <= 128, 'credential_ref', 'must have at most 128 characters');
  check(region === '' || isRegion(region), 'region', `must be one of ${REGIONS.join(', ')}`);
  check(
    tags.length <= 64 && tags.every((tag) => tag.length <= 128),
    'tags',
    'at most 64, each at most 128 characters',
  );
  check(within(weight, 0, 1_000_000), 'weight', 'must be from 0 to 1000000');
  check(MODES.has(mode), 'mode', 'must be PROVIDER_MODE_ENABLED, DISABLED or MAINTENANCE');
}

/** Whether a value is a whole number within bounds, or not set. */
export const within = (value: number | undefined, min: number, max: number): boolean =>
  value === undefined || (Number.isInteger(value) && value >= min && value <= max);
