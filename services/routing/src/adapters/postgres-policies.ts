import { Policy } from '@switchyard/contracts/routing';
import type { Transaction } from '@switchyard/service-kit';
import { saysNothing } from '../domain/policy/says-nothing.ts';
import { etagMismatch } from '../errors.ts';
import { newEtag } from './configuration-rows.ts';
import type { PostgresConfiguration } from './postgres-configuration.ts';

/** Changes of policies. */
export class PostgresPolicies {
  readonly #configuration: PostgresConfiguration;

  constructor(configuration: PostgresConfiguration) {
    this.#configuration = configuration;
  }

  /**
   * Replaces the policy of a tenant or ('') of the installation; one that says nothing removes it.
   *
   * @throws ETAG_MISMATCH where an etag is given and is not the current one
   */
  set(policy: Policy, actor: string): Promise<Policy> {
    const { tenant, etag } = policy;
    const noted = { tenant, actor, action: 'routing.policy.set', resource: 'policy' };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const current = await readEtag(transaction, tenant);
      if (etag !== '' && etag !== current)
        throw etagMismatch(tenant === '' ? "the installation's policy" : `the policy of tenant ${tenant}`);
      if (saysNothing(policy)) {
        await transaction.query('DELETE FROM routing.policies WHERE tenant = $1', [tenant]);
        return Policy.create({ tenant });
      }
      const stored = { ...policy, etag: newEtag(), updatedAt: new Date() };
      await transaction.query(
        `INSERT INTO routing.policies (tenant, body, etag) VALUES ($1, $2, $3)
         ON CONFLICT (tenant) DO UPDATE SET body = excluded.body, etag = excluded.etag, updated_at = now()`,
        [tenant, Policy.encode(stored).finish(), stored.etag],
      );
      return stored;
    });
  }
}

/** '' where there is none. */
async function readEtag(transaction: Transaction, tenant: string): Promise<string> {
  const { rows } = await transaction.query<{ etag: string }>(
    'SELECT etag FROM routing.policies WHERE tenant = $1',
    [tenant],
  );
  return rows[0]?.etag ?? '';
}
