import { SwitchyardClient } from '@switchyard/client';
import type { Model } from '@switchyard/contracts/routing';
import { isWithin, type ModelLimits, readModelLimits } from '../catalog/model-limits.ts';
import { type Command, type CommandInput, listOption, textOption } from '../command.ts';
import { formatCost, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { listCatalog } from './models-all.ts';
import { listPools, renderPools } from './pools.ts';

/** `switchyard models` */
export const models: Command = {
  usage:
    '[--all [--overlay FILE]] [--provider ID] [--capability NAME]… [--max-input-price USD] [--min-context TOKENS] [--region R]',
  summary:
    'Lists the models and pools that can be asked for, with prices per million tokens; with --all the whole catalog, configured or not, without a connection.',
  options: {
    all: { type: 'boolean' },
    overlay: { type: 'string' },
    provider: { type: 'string' },
    capability: { type: 'string', multiple: true },
    'max-input-price': { type: 'string' },
    'min-context': { type: 'string' },
    region: { type: 'string' },
  },
  maxPositionals: 0,
  async run(input) {
    const limits = readModelLimits(input);
    if (input.options.all === true) return listCatalog(input, limits);
    const found = await listConfigured(input, limits);
    if (input.output.json) return input.output.value(found);
    if (found.length === 0)
      return input.output.line('No model fits; "switchyard providers" tells which providers there are.');
    input.output.text(renderModels(found));
    if (Object.keys(input.options).length > 0) return;
    // Without a filter: whatever may be asked for by a name of its own.
    const named = await listPools(input);
    if (named.length > 0) input.output.text(`\n${renderPools(named)}`);
  },
};

async function listConfigured(input: CommandInput, limits: ModelLimits): Promise<Model[]> {
  const { settings } = input;
  using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
  const found = await client.listModels({
    provider: textOption(input, 'provider') ?? '',
    capabilities: listOption(input, 'capability'),
  });
  return found.filter((model) =>
    isWithin(limits, {
      inputPrice: model.pricesPerMillionNanoUsd.input,
      contextTokens: model.contextTokens,
      regions: regionsOf(model),
    }),
  );
}

/** Where it is processed; where nobody states that, `global`. */
const regionsOf = ({ residency, region }: Model): readonly string[] =>
  residency.length > 0 ? residency : [region];

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
    { title: 'REGION', cell: (model) => regionsOf(model).join(' ') },
    { title: 'CAPABILITIES', cell: ({ capabilities }) => capabilities.join(' ') },
  ]);
}
