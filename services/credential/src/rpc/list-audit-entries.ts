import type { ListAuditEntriesRequest, ListAuditEntriesResponse } from '@switchyard/contracts/credential';
import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type CallContext } from '@switchyard/service-kit';
import { listAuditEntries as list } from '../adapters/list-audit-entries.ts';
import { checkPageSize, checkTenant, checkText } from '../domain/field-checks.ts';
import { DEFAULT_PAGE_SIZE, decodePageToken, encodePageToken } from '../domain/page-token.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { encodeAuditEntry } from './encode-audit-entry.ts';

/** Before the first page: larger than every sequence. */
const END = 2n ** 63n - 1n;

/** Lists entries that concern a tenant, newest first; a key of the installation may name `installation` for those of no tenant. */
export const listAuditEntries =
  ({ postgres }: CredentialContext) =>
  async (request: ListAuditEntriesRequest, { principal }: CallContext): Promise<ListAuditEntriesResponse> => {
    const { tenant, pageSize, pageToken, action, resource } = request;
    refuseViolations(
      checkTenant({ field: 'tenant', value: tenant }),
      checkPageSize(pageSize),
      checkText({ field: 'action', value: action, min: 0, max: 128 }),
      checkText({ field: 'resource', value: resource, min: 0, max: 512 }),
    );
    const beforeSequence = readPosition(pageToken);
    const owner = actingTenant(principal, tenant);
    const limit = pageSize || DEFAULT_PAGE_SIZE;
    const found = await postgres.asTenant(owner, (transaction) =>
      list({ transaction, owner, beforeSequence, action, resource, limit: limit + 1 }),
    );
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      entries: page.map(encodeAuditEntry),
      nextPageToken: last === undefined ? '' : encodePageToken([String(last.sequence)]),
    };
  };

function readPosition(pageToken: string): bigint {
  if (pageToken === '') return END;
  const [sequence = ''] = decodePageToken(pageToken, 1) ?? [];
  if (!/^\d{1,18}$/.test(sequence)) {
    throw invalidArgument({ field: 'page_token', description: 'must come from the page before' });
  }
  return BigInt(sequence);
}
