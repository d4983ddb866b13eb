import type { Transaction } from '@switchyard/service-kit';

/** A change of the configuration, as the audit log is told of it. */
export interface NotedChange {
  /** '' for the installation. */
  readonly tenant: string;
  /** Such as `routing.provider.update`. */
  readonly action: string;
  /** Such as `provider:openai`. */
  readonly resource: string;
  /** Names of the fields that it is about; empty where it is about the whole. Never values: headers may be secret. */
  readonly fields?: readonly string[];
}

/** Longest detail of an entry. */
const MAX_DETAIL = 2_048;

const INSERT = `
  INSERT INTO routing.audit_outbox (tenant, actor, action, resource, details)
  SELECT tenant, $1, action, resource, details::jsonb
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS noted (tenant, action, resource, details)`;

/** Writes down what the audit log is to be told of changes, in their own transaction: both, or neither. @param actor id of the key that makes them */
export async function noteChanges(
  transaction: Transaction,
  actor: string,
  changes: readonly NotedChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await transaction.query(INSERT, [
    actor,
    changes.map(({ tenant }) => tenant),
    changes.map(({ action }) => action),
    changes.map(({ resource }) => resource),
    changes.map(({ fields = [] }) => JSON.stringify(detailsOf(fields))),
  ]);
}

const detailsOf = (fields: readonly string[]) =>
  fields.length === 0 ? {} : { fields: fields.join(', ').slice(0, MAX_DETAIL) };
