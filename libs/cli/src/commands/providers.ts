import { SwitchyardClient } from '@switchyard/client';
import type { ProviderStatus } from '@switchyard/contracts/routing';
import type { Command } from '../command.ts';
import { formatAgo, formatDuration, formatShare } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';

/** `switchyard providers` */
export const providers: Command = {
  usage: '',
  summary:
    'Shows the providers: state, success rate, requests, latency; the one that would be chosen now is marked.',
  options: {},
  maxPositionals: 0,
  async run({ settings, output }) {
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const statuses = await client.listProviders();
    if (output.json) return output.value(statuses);
    if (statuses.length === 0)
      return output.line('No providers are configured; see "How to add a provider" in the README.');
    output.text(renderProviders(statuses, Date.now()));
  },
};

/** The status table. */
export function renderProviders(statuses: readonly ProviderStatus[], nowMs: number): string {
  const columns: Column<ProviderStatus>[] = [
    { title: '', cell: ({ current }) => (current ? '▸' : '') },
    {
      title: 'PROVIDER',
      cell: ({ provider }) => `${provider?.id ?? ''}${provider?.simulated ? ' (simulated)' : ''}`,
    },
    {
      title: 'STATE',
      cell: ({ health, healthReason }) => (healthReason === '' ? health : `${health}: ${healthReason}`),
    },
    { title: 'SUCCESS', align: 'right', cell: ({ successRate }) => formatShare(successRate) },
    { title: 'REQUESTS', align: 'right', cell: ({ requests }) => String(requests) },
    {
      title: 'AVG LATENCY',
      align: 'right',
      cell: ({ averageLatencyMs }) => formatDuration(averageLatencyMs),
    },
    { title: 'LAST SUCCESS', align: 'right', cell: ({ lastSuccessAt }) => formatAgo(lastSuccessAt, nowMs) },
    { title: 'LAST FAILURE', align: 'right', cell: ({ lastFailureAt }) => formatAgo(lastFailureAt, nowMs) },
    { title: 'ACTIVE', align: 'right', cell: ({ activeRequests }) => String(activeRequests) },
  ];
  return renderTable(statuses, columns);
}
