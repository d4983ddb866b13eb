import { SwitchyardClient } from '@switchyard/client';
import type { Model } from '@switchyard/contracts/routing';
import { type Command, listOption, textOption } from '../command.ts';
import { formatCost, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** `switchyard models` */
export const models: Command = {
  usage: '[--provider ID] [--capability NAME]…',
  summary: 'Lists the models that can be asked for, with prices per million tokens.',
  options: { provider: { type: 'string' }, capability: { type: 'string', multiple: true } },
  maxPositionals: 0,
  async run(input) {
    const { settings, output } = input;
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const found = await client.listModels({
      provider: textOption(input, 'provider') ?? '',
      capabilities: listOption(input, 'capability'),
    });
    if (output.json) return output.value(found);
    if (found.length === 0)
      return output.line('No model fits; "switchyard providers" tells which providers there are.');
    output.text(renderModels(found));
  },
};

function renderModels(found: readonly Model[]): string {
  return renderTable(found, [
    { title: 'MODEL', cell: ({ provider, model }) => `${provider}/${model}` },
    {
      title: 'INPUT',
      align: 'right',
      cell: ({ pricesPerMillionNanoUsd }) => formatCost(pricesPerMillionNanoUsd.input),
    },
    {
      title: 'OUTPUT',
      align: 'right',
      cell: ({ pricesPerMillionNanoUsd }) => formatCost(pricesPerMillionNanoUsd.output),
    },
    { title: 'CONTEXT', align: 'right', cell: ({ contextTokens }) => String(contextTokens ?? UNKNOWN) },
    { title: 'REGION', cell: ({ region }) => region },
    { title: 'CAPABILITIES', cell: ({ capabilities }) => capabilities.join(' ') },
  ]);
}
