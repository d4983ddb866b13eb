import { ProviderMode } from '@switchyard/contracts/routing';
import { AUTO_NAMES } from '../pool/auto-names.ts';
import { visiblePools } from '../pool/pool-index.ts';
import { namesOf } from '../snapshot/index-models.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nearNames } from './near-names.ts';

/** Most names that one unknown name is compared with: each costs some microseconds. */
const MAX_COMPARED = 5_000;

/** Names that may have been meant by one that nobody offers, of the pools and models that the tenant sees. At most three. */
export function suggestModels(
  name: string,
  { tenant, snapshot }: { readonly tenant: string; readonly snapshot: Pick<Snapshot, 'pools' | 'offerings'> },
): string[] {
  const names = new Set([...AUTO_NAMES, ...visiblePools(snapshot.pools, tenant).map(({ id }) => id)]);
  const isQualified = name.includes('/');
  for (const offering of snapshot.offerings) {
    const { provider, model } = offering;
    if (names.size >= MAX_COMPARED) break;
    if (provider.mode === ProviderMode.DISABLED || (provider.tenant !== '' && provider.tenant !== tenant))
      continue;
    for (const known of namesOf(offering)) names.add(known);
    if (isQualified) names.add(`${provider.id}/${model}`);
  }
  return nearNames(name, names);
}
