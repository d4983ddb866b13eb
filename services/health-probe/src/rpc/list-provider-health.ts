import type { ListProviderHealthRequest, ListProviderHealthResponse } from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { compareProviders, type ProviderName } from '../domain/provider-key.ts';
import { isVisible } from '../domain/visibility.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { type Figures, healthMessage } from './health-message.ts';

const DEFAULT_PAGE_SIZE = 1_000;
const MAX_PAGE_SIZE = 5_000;

/** Lists the health of the providers that the caller may see. */
export function listProviderHealth({
  table,
  ...figures
}: Figures & { readonly table: HealthTable }): UnaryHandler<
  ListProviderHealthRequest,
  ListProviderHealthResponse
> {
  return async ({ pageSize, pageToken }, { principal }) => {
    const size = pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
    if (size < 1 || size > MAX_PAGE_SIZE) {
      throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE_SIZE}` });
    }
    const after = readPageToken(pageToken);
    const found = [...table.records()]
      .filter((record) => isVisible(record, principal))
      .filter((record) => after === undefined || compareProviders(record, after) > 0)
      .sort(compareProviders);
    const page = found.slice(0, size);
    const last = page.at(-1);
    return {
      providers: page.map((record) => healthMessage(record, figures)),
      version: table.version,
      nextPageToken: found.length > size && last !== undefined ? pageTokenOf(last) : '',
    };
  };
}

/** Most characters of a page token. */
const MAX_TOKEN = 2_048;

/** Only a position: what a caller may see is decided anew on every page. */
function pageTokenOf({ provider, tenant }: ProviderName): string {
  return Buffer.from(JSON.stringify([provider, tenant]), 'utf8').toString('base64url');
}

function readPageToken(token: string): ProviderName | undefined {
  if (token === '') return undefined;
  try {
    if (token.length > MAX_TOKEN) throw new RangeError('longer than any that was given');
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string')) {
      return { provider: parts[0] as string, tenant: parts[1] as string };
    }
  } catch {
    // Said below.
  }
  throw invalidArgument({
    field: 'page_token',
    description: 'must be the next_page_token of an earlier page',
  });
}
