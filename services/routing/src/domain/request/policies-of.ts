import type { CachePolicy, HedgeRule } from '@switchyard/contracts/routing';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { AskedFor } from './interpret-request.ts';

/** Whose policies count for a request. */
export interface PolicyScope {
  readonly tenant: string;
  readonly snapshot: Pick<Snapshot, 'policies'>;
  readonly understood: Pick<AskedFor, 'selector'>;
}

/** What a pool or a policy may say beside requirements and strategy. */
interface Said {
  readonly cache?: CachePolicy | undefined;
  readonly hedge?: HedgeRule | undefined;
}

/** What the pool, the tenant's policy and the installation's say of something, in this order; those that say nothing left out. */
export function policiesOf<T>(
  { tenant, snapshot: { policies }, understood: { selector } }: PolicyScope,
  of: (said: Said) => T | undefined,
): readonly T[] {
  const pool = selector.kind === 'pool' ? of(selector.pool) : undefined;
  const own = policies.get(tenant);
  const installation = tenant === '' ? undefined : policies.get('');
  return [pool, own && of(own), installation && of(installation)].filter((one) => one !== undefined);
}
