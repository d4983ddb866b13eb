import {
  type ListProbingResponse,
  type ProviderProbing,
  SetProbingRequest,
  type SetProbingResponse,
} from '@switchyard/contracts/health';
import { parseUsd } from '@switchyard/kernel';
import { type Command, type CommandInput, countOption, textOption, UsageError } from '../command.ts';
import { call } from '../grpc-call.ts';
import { withHealthClient } from '../health/read-health.ts';
import { formatCost, formatDuration, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import type { View } from '../output/view.ts';

const MAX_SECONDS = 86_400;
const MAX_PROBES = 2 ** 31 - 1;

/** `switchyard probing` */
export const probing: Command = {
  usage: '[list | set ID [--interval SECONDS] [--max-probes N] [--max-cost USD] [--off]] [--tenant T]',
  summary:
    'Shows how providers are probed and what that has cost today; set: what is left out gets its default.',
  options: {
    interval: { type: 'string' },
    'max-probes': { type: 'string' },
    'max-cost': { type: 'string' },
    off: { type: 'boolean' },
    tenant: { type: 'string' },
  },
  maxPositionals: 2,
  async run(input) {
    const [action = 'list', id] = input.positionals;
    if (action !== 'list' && action !== 'set')
      throw new UsageError(`probing ${action}? There are list and set`);
    if (action === 'set' && id === undefined) throw new UsageError('probing set needs the id of a provider');
    const { settings, output } = input;
    const request = action === 'set' ? settingOf(input, id ?? '') : undefined;
    const shown = await withHealthClient(settings, async (client) => {
      if (request === undefined) {
        const { providers }: ListProbingResponse = await call(
          client.listProbing.bind(client),
          {},
          settings.apiKey,
        );
        return providers;
      }
      const set: SetProbingResponse = await call(client.setProbing.bind(client), request, settings.apiKey);
      return set.probing === undefined ? [] : [set.probing];
    });
    if (output.json) output.value(shown);
    else output.text(renderProbing(shown, output.view));
  },
};

function settingOf(input: CommandInput, provider: string): SetProbingRequest {
  const seconds = countOption(input, 'interval', { max: MAX_SECONDS });
  if (seconds === 0) throw new UsageError('--interval must be from 1 second; --off sends no probes');
  const costText = textOption(input, 'max-cost');
  const maxNanoUsdPerDay = costText === undefined ? undefined : parseUsd(costText);
  if (costText !== undefined && maxNanoUsdPerDay === undefined)
    throw new UsageError(`--max-cost must be an amount of USD such as 0.01, not ${costText}`);
  return SetProbingRequest.fromPartial({
    provider,
    tenant: textOption(input, 'tenant') ?? '',
    settings: {
      active: input.options.off !== true,
      idleIntervalMs: seconds === undefined ? undefined : seconds * 1_000,
      maxProbesPerDay: countOption(input, 'max-probes', { max: MAX_PROBES }),
      maxNanoUsdPerDay,
    },
  });
}

function renderProbing(providers: readonly ProviderProbing[], view: View): string {
  return renderTable<ProviderProbing>(
    providers,
    [
      {
        title: 'PROVIDER',
        cell: ({ provider, tenant }) => (tenant === '' ? provider : `${provider} (${tenant})`),
      },
      {
        title: 'PROBED',
        cell: ({ settings }) => (settings?.active === false ? 'no' : 'yes'),
        tone: ({ settings }) => (settings?.active === false ? 'warn' : 'good'),
      },
      {
        title: 'WHEN IDLE',
        align: 'right',
        cell: ({ settings }) => `every ${formatDuration(settings?.idleIntervalMs)}`,
      },
      { title: 'TODAY', align: 'right', cell: ({ probesToday }) => String(probesToday) },
      { title: 'OF', align: 'right', cell: ({ settings }) => String(settings?.maxProbesPerDay ?? UNKNOWN) },
      { title: 'COST', align: 'right', cell: ({ nanoUsdToday }) => formatCost(nanoUsdToday) },
      { title: 'OF', align: 'right', cell: ({ settings }) => formatCost(settings?.maxNanoUsdPerDay) },
      { title: '', spare: 1, cell: ({ isDefault }) => (isDefault ? 'default' : '') },
    ],
    view,
  );
}
