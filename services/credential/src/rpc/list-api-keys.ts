import type { ListApiKeysRequest, ListApiKeysResponse } from '@switchyard/contracts/credential';
import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type CallContext } from '@switchyard/service-kit';
import { listApiKeys as list } from '../adapters/list-api-keys.ts';
import { checkKeyId, checkPageSize, checkTenant } from '../domain/field-checks.ts';
import { DEFAULT_PAGE_SIZE, decodePageToken, encodePageToken } from '../domain/page-token.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { encodeApiKey } from './encode-api-key.ts';
import { inKeyScope } from './key-scope.ts';

/** Lists keys without the keys themselves, newest first. */
export const listApiKeys =
  (context: CredentialContext) =>
  async (request: ListApiKeysRequest, { principal }: CallContext): Promise<ListApiKeysResponse> => {
    const { pageSize, pageToken } = request;
    refuseViolations(checkTenant({ field: 'tenant', value: request.tenant }), checkPageSize(pageSize));
    const after = readPosition(pageToken);
    const tenant = actingTenant(principal, request.tenant);
    const limit = pageSize || DEFAULT_PAGE_SIZE;
    const found = await inKeyScope(context, principal, {
      tenant,
      run: (transaction) => list({ transaction, tenant, after, limit: limit + 1 }),
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      apiKeys: page.map(encodeApiKey),
      nextPageToken: last === undefined ? '' : encodePageToken([String(last.createdAtMs), last.id]),
    };
  };

function readPosition(pageToken: string): { createdAtMs: number; id: string } | undefined {
  if (pageToken === '') return undefined;
  const [createdAt = '', id = ''] = decodePageToken(pageToken, 2) ?? [];
  const createdAtMs = Number(createdAt);
  if (!/^\d{1,15}$/.test(createdAt) || checkKeyId(id) !== undefined) {
    throw invalidArgument({ field: 'page_token', description: 'must come from the page before' });
  }
  return { createdAtMs, id };
}
