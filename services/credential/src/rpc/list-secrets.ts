import type { ListSecretsRequest, ListSecretsResponse } from '@switchyard/contracts/credential';
import { invalidArgument } from '@switchyard/kernel';
import type { CallContext } from '@switchyard/service-kit';
import { listSecrets as list } from '../adapters/list-secrets.ts';
import { checkPageSize, checkSecretId, checkTenant } from '../domain/field-checks.ts';
import { DEFAULT_PAGE_SIZE, decodePageToken, encodePageToken } from '../domain/page-token.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { namedOwner } from './caller-owner.ts';
import { encodeSecret } from './encode-secret.ts';
import { INSTALLATION_SECRETS } from './secret-owner.ts';

/** Lists secrets without their values. */
export const listSecrets =
  ({ postgres }: CredentialContext) =>
  async (request: ListSecretsRequest, { principal }: CallContext): Promise<ListSecretsResponse> => {
    const { tenant, pageSize, pageToken } = request;
    refuseViolations(checkTenant({ field: 'tenant', value: tenant }), checkPageSize(pageSize));
    const afterId = readPosition(pageToken);
    const owner = namedOwner(principal, { tenant, what: INSTALLATION_SECRETS });
    const limit = pageSize || DEFAULT_PAGE_SIZE;
    const found = await postgres.asTenant(owner, (transaction) =>
      list({ transaction, owner, afterId, limit: limit + 1 }),
    );
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      secrets: page.map(encodeSecret),
      nextPageToken: last === undefined ? '' : encodePageToken([last.id]),
    };
  };

function readPosition(pageToken: string): string {
  if (pageToken === '') return '';
  const [id] = decodePageToken(pageToken, 1) ?? [];
  if (id === undefined || checkSecretId(id) !== undefined) {
    throw invalidArgument({ field: 'page_token', description: 'must come from the page before' });
  }
  return id;
}
