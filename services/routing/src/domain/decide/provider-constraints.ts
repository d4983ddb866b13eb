import { ProviderMode } from '@switchyard/contracts/routing';
import { listNames } from '../request/list-names.ts';
import type { Needs } from '../request/needs.ts';
import { whoRequires } from '../request/who-requires.ts';
import type { ConfiguredProvider } from '../snapshot/offering.ts';
import type { Exclusion, OfferingState } from './candidate.ts';

/** What constraints on providers look at. */
export interface ProviderView {
  readonly provider: ConfiguredProvider;
  readonly credential: OfferingState['credential'];
}

/** A hard constraint that all offerings of a provider meet, or none. */
export type ProviderConstraint = (view: ProviderView, needs: Needs) => Exclusion | undefined;

export const allowedProviders: ProviderConstraint = ({ provider }, needs) => {
  const { allowedProviders } = needs;
  if (allowedProviders.size === 0 || allowedProviders.has(provider.id)) return undefined;
  const who = whoRequires(
    needs,
    ({ allowedProviders: allowed }) => allowed.length > 0 && !allowed.includes(provider.id),
  );
  return {
    constraint: 'allowed_providers',
    detail: `${who} allows only ${listNames(allowedProviders)}`,
    wayOut: 'add the provider to allowed_providers there, or leave the list empty',
  };
};

export const excludedProviders: ProviderConstraint = ({ provider }, needs) => {
  if (!needs.excludedProviders.has(provider.id)) return undefined;
  const who = whoRequires(needs, ({ excludedProviders }) => excludedProviders.includes(provider.id));
  return {
    constraint: 'excluded_providers',
    detail: `${who} excludes this provider`,
    wayOut: 'take the provider out of excluded_providers there',
  };
};

export const disabled: ProviderConstraint = ({ provider }) =>
  provider.mode === ProviderMode.DISABLED
    ? { constraint: 'disabled', detail: 'an operator has disabled the provider', wayOut: ENABLE }
    : undefined;

export const maintenance: ProviderConstraint = ({ provider }, { isProbe }) =>
  provider.mode === ProviderMode.MAINTENANCE && !isProbe
    ? {
        constraint: 'maintenance',
        detail: 'an operator has put the provider in maintenance',
        wayOut: ENABLE,
      }
    : undefined;

export const credential: ProviderConstraint = ({ provider, credential }) =>
  credential === 'missing'
    ? {
        constraint: 'credential',
        detail: `its secret ${provider.credentialRef} cannot be had, is none of its auth style, or may not be sent to its address`,
        wayOut:
          'store the secret for the origin of its base_url ("switchyard apply --secrets" does, for `credential: env:NAME`)',
      }
    : undefined;

const ENABLE = 'set `mode: enabled` of the provider, by "switchyard apply" or UpdateProvider';

const ALL = [allowedProviders, excludedProviders, disabled, maintenance, credential];

/** Whether none of a provider's offerings can fit. */
export function excludesProvider(view: ProviderView, needs: Needs): boolean {
  for (const constraint of ALL) if (constraint(view, needs) !== undefined) return true;
  return false;
}
