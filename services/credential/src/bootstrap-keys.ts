import { waitForLocks } from '@switchyard/service-kit';
import { appendAuditEntries } from './adapters/append-audit-entries.ts';
import { enqueueEvent } from './adapters/enqueue-event.ts';
import { type BootstrapOutcome, upsertBootstrapKey } from './adapters/upsert-bootstrap-key.ts';
import { apiKeyChanged } from './bus/credential-changed.ts';
import type { BootstrapKey } from './domain/bootstrap-key.ts';
import { INSTALLATION } from './domain/ownership.ts';
import type { CredentialContext, OutboxEvent } from './ports.ts';

/** As long as others may take that start at the same time. */
const LOCK_WAIT_MS = 10_000;
/** One replica at a time: two that start together would both insert. */
const LOCK = 'SELECT pg_advisory_xact_lock(7246002)';

/**
 * Brings the keys of the configuration into the table, so that services have keys before anyone can make them one. A key
 * that was revoked stays revoked; one that is no longer configured stays as it is, and ends by being revoked.
 */
export async function bootstrapKeys(
  context: CredentialContext,
  keys: readonly BootstrapKey[],
): Promise<void> {
  const { postgres, publish, forgetKey } = context;
  const done = await postgres.asSystem(async (transaction) => {
    await waitForLocks(transaction, LOCK_WAIT_MS);
    await transaction.query(LOCK);
    const nowMs = context.clock.wallMs();
    const outcomes: { key: BootstrapKey; outcome: BootstrapOutcome; event: OutboxEvent | undefined }[] = [];
    for (const key of keys) {
      const outcome = await upsertBootstrapKey(transaction, { key, nowMs });
      const event = eventOf(outcome, nowMs);
      if (event !== undefined) await enqueueEvent(transaction, event);
      outcomes.push({ key, outcome, event });
    }
    await appendAuditEntries(
      transaction,
      outcomes.filter(({ outcome }) => isChange(outcome)).map((done) => auditEntry(done, nowMs)),
    );
    return outcomes;
  });
  for (const { key, outcome, event } of done) {
    report(context, key, outcome);
    if ('old' in outcome) forgetKey(outcome.old.digest);
    if (event !== undefined) publish(event);
  }
}

const isChange = ({ kind }: BootstrapOutcome): boolean => kind !== 'unchanged' && kind !== 'ended';

function eventOf(outcome: BootstrapOutcome, nowMs: number): OutboxEvent | undefined {
  if (!('old' in outcome)) return undefined;
  const event = outcome.kind === 'replaced' ? 'rotated' : 'policy';
  return apiKeyChanged(outcome.old, { event, traceparent: '', nowMs });
}

function auditEntry({ key, outcome }: { key: BootstrapKey; outcome: BootstrapOutcome }, nowMs: number) {
  const { id, name, role, tenant, installation } = key;
  return {
    owner: installation ? INSTALLATION : tenant,
    actor: 'bootstrap',
    action: 'api_key.bootstrap',
    resource: `api_key:${id}`,
    outcome: 'allowed' as const,
    details: { change: outcome.kind, name, role, installation: String(installation) },
    occurredAtMs: nowMs,
  };
}

function report({ log }: CredentialContext, { id, name }: BootstrapKey, { kind }: BootstrapOutcome): void {
  if (kind === 'ended') log.warn({ id, name }, 'a configured key is revoked or expired and stays so');
  else log.info({ id, name, kind }, 'a configured key is in place');
}
