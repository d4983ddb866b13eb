import { ProviderMode } from '@switchyard/contracts/routing';
import type { Needs } from '../request/needs.ts';
import type { ConfiguredProvider } from '../snapshot/snapshot.ts';
import type { Exclusion, OfferingState } from './candidate.ts';

/** What constraints on providers look at. */
export interface ProviderView {
  readonly provider: ConfiguredProvider;
  readonly credential: OfferingState['credential'];
}

/** A hard constraint that all offerings of a provider meet, or none. */
export type ProviderConstraint = (view: ProviderView, needs: Needs) => Exclusion | undefined;

export const allowedProviders: ProviderConstraint = ({ provider }, { allowedProviders }) =>
  allowedProviders.size > 0 && !allowedProviders.has(provider.id)
    ? {
        constraint: 'allowed_providers',
        detail: `the request allows only ${[...allowedProviders].join(', ')}`,
      }
    : undefined;

export const excludedProviders: ProviderConstraint = ({ provider }, { excludedProviders }) =>
  excludedProviders.has(provider.id)
    ? { constraint: 'excluded_providers', detail: 'the request excludes this provider' }
    : undefined;

export const residency: ProviderConstraint = ({ provider }, { residency }) =>
  residency.size === 0 || residency.has(provider.region) || residency.has('global')
    ? undefined
    : {
        constraint: 'residency',
        detail: `data may go to ${[...residency].join(', ')}; the provider is in ${provider.region}`,
      };

export const tags: ProviderConstraint = ({ provider }, needs) => {
  if (needs.tags.length === 0) return undefined;
  const missing = needs.tags.filter((tag) => !provider.tags.has(tag));
  return missing.length === 0
    ? undefined
    : { constraint: 'tags', detail: `the provider does not carry ${missing.join(', ')}` };
};

export const disabled: ProviderConstraint = ({ provider }) =>
  provider.mode === ProviderMode.DISABLED
    ? { constraint: 'disabled', detail: 'an operator has disabled the provider' }
    : undefined;

export const maintenance: ProviderConstraint = ({ provider }, { isProbe }) =>
  provider.mode === ProviderMode.MAINTENANCE && !isProbe
    ? { constraint: 'maintenance', detail: 'an operator has put the provider in maintenance' }
    : undefined;

export const credential: ProviderConstraint = ({ provider, credential }) =>
  credential === 'missing'
    ? {
        constraint: 'credential',
        detail: `its secret ${provider.credentialRef} cannot be had or may not be sent to its address`,
      }
    : undefined;

const ALL = [allowedProviders, excludedProviders, residency, tags, disabled, maintenance, credential];

/** Whether none of a provider's offerings can fit. */
export const excludesProvider = (view: ProviderView, needs: Needs): boolean =>
  ALL.some((constraint) => constraint(view, needs) !== undefined);
