import { ProviderMode } from '@switchyard/contracts/routing';
import { AUTO_NAMES } from '../pool/auto-names.ts';
import { visiblePools } from '../pool/pool-index.ts';
import type { Offering } from '../snapshot/offering.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nearNames } from './near-names.ts';

/** Most names that are suggested. */
const MAX_SUGGESTED = 3;

/** To whom names are suggested, and from what. */
export interface SuggestionScope {
  readonly tenant: string;
  readonly snapshot: Pick<Snapshot, 'pools' | 'byModel' | 'byProvider'>;
}

/** Names that may have been meant by one that nobody offers, of the pools and models that the tenant sees. At most three. */
export function suggestModels(name: string, scope: SuggestionScope): string[] {
  const { tenant, snapshot } = scope;
  const special = new Set([...AUTO_NAMES, ...visiblePools(snapshot.pools, tenant).map(({ id }) => id)]);
  const near = nearNames(name, {
    names: [...special, ...snapshot.byModel.keys()],
    mayTell: (known) => special.has(known) || isAnyVisible(snapshot.byModel.get(known), tenant),
  });
  return [...new Set([...suggestQualified(name, scope), ...near])].slice(0, MAX_SUGGESTED);
}

/** For provider/model: models near to that one, of providers near to that one. */
function suggestQualified(name: string, { tenant, snapshot }: SuggestionScope): string[] {
  const slash = name.indexOf('/');
  if (slash === -1) return [];
  const providers = nearNames(name.slice(0, slash), {
    names: snapshot.byProvider.keys(),
    mayTell: (id) => isAnyVisible(snapshot.byProvider.get(id), tenant),
  });
  return providers.flatMap((id) => {
    const visible = snapshot.byProvider.get(id)?.filter((one) => isVisible(one, tenant)) ?? [];
    const near = nearNames(name.slice(slash + 1), { names: visible.map(({ model }) => model) });
    return near.map((model) => `${id}/${model}`);
  });
}

const isAnyVisible = (offerings: readonly Offering[] | undefined, tenant: string): boolean =>
  offerings?.some((one) => isVisible(one, tenant)) === true;

const isVisible = ({ provider }: Offering, tenant: string): boolean =>
  provider.mode !== ProviderMode.DISABLED && (provider.tenant === '' || provider.tenant === tenant);
