import type { Transaction } from '@switchyard/service-kit';
import type { CommittedChange, HealthChange } from '../domain/health-record.ts';
import type { CommitResult, LeaseHolder } from '../ports.ts';
import { ownerOf } from './health-rows.ts';
import { holdLease } from './hold-lease.ts';
import { raiseVersion } from './raise-version.ts';

export interface CommitOptions extends LeaseHolder {
  readonly onVersion: bigint;
  readonly changes: readonly HealthChange[];
  /** Makes the id of a change's event. */
  readonly newId: () => string;
}

/** Makes changes of states, each with a version of its own, with the rows that their events are published from. */
export async function commitChanges(transaction: Transaction, options: CommitOptions): Promise<CommitResult> {
  const { changes, onVersion, newId } = options;
  if (!(await holdLease(transaction, options))) return { kind: 'lease_lost' };
  const last = await raiseVersion(transaction, changes.length);
  const first = last - BigInt(changes.length) + 1n;
  // The version's row is locked now: nobody else changes the table before this transaction ends.
  if (first - 1n !== onVersion) {
    await raiseVersion(transaction, -changes.length);
    return { kind: 'stale' };
  }
  const committed = changes.map((change, index) => ({
    ...change,
    id: newId(),
    version: first + BigInt(index),
  }));
  for (const change of committed) await commitChange(transaction, change);
  return { kind: 'committed', changes: committed };
}

async function commitChange(transaction: Transaction, change: CommittedChange): Promise<void> {
  const { id, version, provider, fromState, toState, reason } = change;
  const tenant = ownerOf(change.tenant);
  const changedAt = new Date(change.changedAtMs);
  await transaction.query(
    `UPDATE health_probe.provider_health SET state = $3, reason = $4, since = $5, version = $6
      WHERE tenant = $1 AND provider = $2`,
    [tenant, provider, toState, reason, changedAt, version],
  );
  await transaction.query(
    `INSERT INTO health_probe.health_changes (id, version, tenant, provider, from_state, to_state, reason, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, version, tenant, provider, fromState, toState, reason, changedAt],
  );
}
