import {
  GetHealthHistoryRequest,
  type HealthChange,
  HealthServiceClient,
  type ProviderHealth,
  type ProviderUptime,
} from '@switchyard/contracts/health';
import { call, openClient } from '../grpc-call.ts';
import type { CliSettings } from '../settings.ts';

/** A provider's health and how long it has worked. */
export interface HealthRow {
  readonly health: ProviderHealth;
  readonly uptime: ProviderUptime | undefined;
}

/** Most pages of one list. */
const MAX_PAGES = 100;

/** Runs something with a client of health-probe. */
export async function withHealthClient<T>(
  settings: CliSettings,
  run: (client: HealthServiceClient) => Promise<T>,
): Promise<T> {
  const client = openClient(HealthServiceClient, settings.healthProbe);
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

/** The health of all providers that the key may see. */
export async function readHealth(
  client: HealthServiceClient,
  { apiKey }: CliSettings,
): Promise<readonly HealthRow[]> {
  const [providers, { providers: uptimes }] = await Promise.all([
    allPages(async (pageToken) => {
      const page = await call(client.listProviderHealth.bind(client), { pageSize: 1_000, pageToken }, apiKey);
      return { items: page.providers, nextPageToken: page.nextPageToken };
    }),
    call(client.getUptime.bind(client), { provider: '', tenant: '' }, apiKey),
  ]);
  return providers.map((health) => ({ health, uptime: uptimes.find((one) => isSame(one, health)) }));
}

/** Changes of states, the newest first. */
export function readHistory(
  client: HealthServiceClient,
  { apiKey }: CliSettings,
  request: Partial<GetHealthHistoryRequest>,
): Promise<readonly HealthChange[]> {
  return allPages(async (pageToken) => {
    const page = await call(
      client.getHealthHistory.bind(client),
      GetHealthHistoryRequest.fromPartial({ pageSize: 1_000, ...request, pageToken }),
      apiKey,
    );
    return { items: page.changes, nextPageToken: page.nextPageToken };
  });
}

/** The share of time that a provider worked within a span; undefined where nothing is known. */
export const uptimeOf = (uptime: ProviderUptime | undefined, spanSeconds: number): number | undefined =>
  uptime?.spans.find((span) => span.spanSeconds === spanSeconds)?.uptime;

interface Named {
  readonly provider: string;
  readonly tenant: string;
}

const isSame = (a: Named, b: Named): boolean => a.provider === b.provider && a.tenant === b.tenant;

async function allPages<T>(
  read: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly nextPageToken: string }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 0, token = ''; page < MAX_PAGES; page++) {
    const { items, nextPageToken } = await read(token);
    all.push(...items);
    if (nextPageToken === '') break;
    token = nextPageToken;
  }
  return all;
}
