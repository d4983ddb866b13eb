import { appendAuditEntries } from './adapters/append-audit-entries.ts';
import { storeWrap } from './adapters/store-wrap.ts';
import { type StoredSecret, takeOldWraps } from './adapters/take-old-wraps.ts';
import { rewrap } from './domain/envelope.ts';
import { INSTALLATION } from './domain/ownership.ts';
import { secretIdentity } from './domain/secret.ts';
import type { CredentialContext } from './ports.ts';

/** Secrets of one transaction. */
const BATCH = 100;

/** What a pass over all secrets did. */
export interface RewrapReport {
  readonly rewrapped: number;
  /** Secrets that did not open: their key-encryption key is not configured, or they were changed. */
  readonly unreadable: number;
}

/**
 * Wraps every data key that another key-encryption key wraps with the ring's first. Reads go on meanwhile: a row is locked
 * for writing only, and both wrappings open.
 */
export async function rewrapSecrets(context: CredentialContext): Promise<RewrapReport> {
  let after = { owner: '', id: '' };
  let rewrapped = 0;
  let unreadable = 0;
  for (;;) {
    const batch = await rewrapBatch(context, after);
    rewrapped += batch.rewrapped;
    unreadable += batch.taken.length - batch.rewrapped;
    const last = batch.taken.at(-1);
    if (last === undefined) return { rewrapped, unreadable };
    after = { owner: last.secret.owner, id: last.secret.id };
  }
}

function rewrapBatch(
  { postgres, keyring, randomBytes, clock, events }: CredentialContext,
  after: { readonly owner: string; readonly id: string },
): Promise<{ taken: readonly StoredSecret[]; rewrapped: number }> {
  const kekId = keyring.wrappingKeyId;
  return postgres.asSystem(async (transaction) => {
    const taken = await takeOldWraps({ transaction, kekId, after, limit: BATCH });
    let rewrapped = 0;
    for (const { secret, envelope } of taken) {
      const wrapped = rewrap({ envelope, identity: secretIdentity(secret), keyring, random: randomBytes });
      if (!wrapped.ok) continue;
      await storeWrap(transaction, { secret, envelope: wrapped.value });
      rewrapped++;
    }
    if (rewrapped > 0) {
      const attempt = { owner: INSTALLATION, action: 'secret.rewrap', resource: `kek:${kekId}` };
      const entry = { ...attempt, actor: 'credential', details: { secrets: String(rewrapped) } };
      const occurredAtMs = clock.wallMs();
      await appendAuditEntries(transaction, [{ ...entry, outcome: 'allowed', occurredAtMs }]);
    }
    events.rewrapped(rewrapped);
    return { taken, rewrapped };
  });
}
