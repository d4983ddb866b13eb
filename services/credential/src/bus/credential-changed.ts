import { CredentialChanged } from '@switchyard/contracts/events';
import { uuidV7 } from '@switchyard/kernel';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import type { SecretRecord } from '../domain/secret.ts';
import type { OutboxEvent } from '../ports.ts';

/** What every event says besides what changed. */
interface Change {
  readonly event: OutboxEvent['event'];
  readonly traceparent: string;
  /** Wall milliseconds. */
  readonly nowMs: number;
}

/** Tells that a key ended, or ends soon because it has a successor. Whoever caches it by its digest asks again. */
export function apiKeyChanged(
  key: Pick<ApiKeyRecord, 'owner' | 'id' | 'digest'>,
  change: Change,
): OutboxEvent {
  const { owner, id, digest } = key;
  return toEvent({ tenant: owner, kind: 'api_key', id, keyDigest: digest, version: 0n }, change);
}

/** Tells that a secret has a new version or is gone. */
export function secretChanged(
  secret: Pick<SecretRecord, 'owner' | 'id' | 'version'>,
  change: Change,
): OutboxEvent {
  const { owner, id, version } = secret;
  return toEvent({ tenant: owner, kind: 'secret', id, keyDigest: Buffer.alloc(0), version }, change);
}

function toEvent(
  payload: Omit<CredentialChanged, 'changedAt'>,
  { event, traceparent, nowMs }: Change,
): OutboxEvent {
  return {
    id: uuidV7(nowMs),
    owner: payload.tenant,
    event,
    payload: Buffer.from(CredentialChanged.encode({ ...payload, changedAt: new Date(nowMs) }).finish()),
    traceparent,
    createdAtMs: nowMs,
  };
}
