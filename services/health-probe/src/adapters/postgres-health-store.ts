import { randomUUID } from 'node:crypto';
import type { Postgres } from '@switchyard/service-kit';
import type { HealthStore } from '../ports.ts';
import { commitChanges } from './commit-changes.ts';
import { forgetChanges } from './forget-changes.ts';
import { loadTable } from './load-table.ts';
import { markPublished } from './mark-published.ts';
import { readVersion } from './read-version.ts';
import { reconcileProviders } from './reconcile-providers.ts';
import { releaseLease } from './release-lease.ts';
import { renewLease } from './renew-lease.ts';
import { touchProviders } from './touch-providers.ts';
import { unpublishedChanges } from './unpublished-changes.ts';

/** Health in the service's own database. The service works over all tenants; who may see what is decided where it is shown. */
export function postgresHealthStore(postgres: Postgres): HealthStore {
  return {
    version: () => postgres.asSystem(readVersion),
    load: () => postgres.asSystem(loadTable),
    renewLease: ({ owner }, leaseMs) =>
      postgres.asSystem((transaction) => renewLease(transaction, { owner, leaseMs })),
    releaseLease: (holder) => postgres.asSystem((transaction) => releaseLease(transaction, holder)),
    commit: ({ owner }, judged) =>
      postgres.asSystem((transaction) => commitChanges(transaction, { owner, ...judged, newId: randomUUID })),
    reconcile: ({ owner }, change) =>
      postgres.asSystem((transaction) => reconcileProviders(transaction, { owner, ...change })),
    touch: ({ owner }, records) =>
      postgres.asSystem((transaction) => touchProviders(transaction, { owner, records })),
    unpublished: (limit) => postgres.asSystem((transaction) => unpublishedChanges(transaction, limit)),
    markPublished: (versions, nowMs) =>
      postgres.asSystem((transaction) => markPublished(transaction, { versions, nowMs })),
    forgetChanges: (beforeMs) => postgres.asSystem((transaction) => forgetChanges(transaction, beforeMs)),
  };
}
