import type { ListConnectorsRequest, ListConnectorsResponse } from '@switchyard/contracts/connector';
import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import type { ConnectorStore } from '../ports.ts';
import { connectorMessage } from './connector-message.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;

/** Lists the connectors of a tenant. */
export function listConnectors({
  store,
}: {
  readonly store: ConnectorStore;
}): UnaryHandler<ListConnectorsRequest, ListConnectorsResponse> {
  return async (request, { principal }) => {
    const tenant = actingTenant(principal, request.tenant);
    const size = request.pageSize === 0 ? DEFAULT_PAGE_SIZE : request.pageSize;
    if (size < 1 || size > MAX_PAGE_SIZE) {
      throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE_SIZE}` });
    }
    const afterId = readPageToken(request.pageToken);
    const found = await store.list(tenant, { afterId, limit: size + 1 });
    const page = found.slice(0, size);
    const last = page.at(-1);
    return {
      connectors: page.map(connectorMessage),
      nextPageToken: found.length > size && last !== undefined ? pageToken(last.id) : '',
    };
  };
}

/** Only a position: what a caller may see is decided anew on every page. */
function pageToken(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

function readPageToken(token: string): string {
  const id = Buffer.from(token, 'base64url').toString('utf8');
  if (pageToken(id) === token && /^[a-z0-9-]{0,64}$/.test(id)) return id;
  throw invalidArgument({
    field: 'page_token',
    description: 'must be the next_page_token of an earlier page',
  });
}
