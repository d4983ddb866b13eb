import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresPools } from '../adapters/postgres-pools.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/** What pool administration stands on. */
export interface PoolAdmin {
  readonly pools: PostgresPools;
  readonly link: ConfigurationLink;
  readonly snapshots: SnapshotHolder;
}
