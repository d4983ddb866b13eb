import { SwitchyardClient } from '@switchyard/client';
import type { RegistryStatistics } from '@switchyard/contracts/routing';
import type { Command } from '../command.ts';
import { readProviders } from '../health/read-providers.ts';
import { renderProviders } from '../health/render-providers.ts';

/** `switchyard providers` */
export const providers: Command = {
  usage: '',
  summary:
    'Shows the providers: state, success rate, latency, uptime; the one that would be chosen now is marked.',
  options: {},
  maxPositionals: 0,
  async run({ settings, output }) {
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const [table, statistics] = await Promise.all([
      readProviders(client, settings),
      client.registryStatistics(),
    ]);
    if (output.json) {
      return output.value(
        table.rows.map(({ status, measured }) => ({
          ...status,
          measured: measured?.health,
          uptime: measured?.uptime?.spans,
        })),
      );
    }
    if (table.rows.length === 0)
      return output.line('No providers are configured; see "How to add a provider" in the README.');
    output.text(renderProviders(table, { nowMs: Date.now(), view: output.view }));
    if (statistics !== undefined) output.line(`\n${summarize(statistics)}`);
  },
};

/** The registry in one line: "3 providers (2 healthy, 1 disabled; 2 gemini, 1 openai-chat), 4 requests under way". */
export function summarize(statistics: RegistryStatistics): string {
  const { providers, providersByState, providersByWireFormat, endpoints, activeRequests } = statistics;
  const counts = (by: Readonly<Record<string, number>>) =>
    Object.entries(by)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const what = `${providers} provider${providers === 1 ? '' : 's'}`;
  const reached = endpoints === 0 ? '' : `, ${endpoints} endpoints`;
  return `${what} (${counts(providersByState)}; ${counts(providersByWireFormat)})${reached}, ${activeRequests} requests under way`;
}
