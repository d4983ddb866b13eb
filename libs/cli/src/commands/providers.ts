import { SwitchyardClient } from '@switchyard/client';
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
    const table = await readProviders(client, settings);
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
  },
};
