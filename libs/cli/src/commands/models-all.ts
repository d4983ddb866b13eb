import {
  CAPABILITIES,
  type Catalog,
  findWireFormat,
  isOptIn,
  type Offering,
  RESIDENCY_REGIONS,
} from '@switchyard/llm';
import { isWithin, type ModelLimits } from '../catalog/model-limits.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { type CommandInput, listOption, textOption, UsageError } from '../command.ts';
import { formatCost, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** `switchyard models --all`: the catalog as it ships, or with an operator's overlay; nothing is asked of anyone. */
export async function listCatalog(input: CommandInput, limits: ModelLimits): Promise<void> {
  const { output } = input;
  const catalog = await readCatalog(textOption(input, 'overlay'));
  const found = findOfferings(input, { catalog, limits });
  if (output.json) return output.value(found.map((offering) => entryOf(catalog, offering)));
  if (found.length === 0) return output.line('No model of the catalog fits.');
  output.text(renderOfferings(found));
}

function findOfferings(
  input: CommandInput,
  { catalog, limits }: { readonly catalog: Catalog; readonly limits: ModelLimits },
): Offering[] {
  const provider = textOption(input, 'provider');
  const capabilities = listOption(input, 'capability');
  refuseUnknown('--capability', capabilities, CAPABILITIES);
  if (provider !== undefined && catalog.provider(provider) === undefined)
    throw new UsageError(`--provider: the catalog has no ${provider}`);
  const offerings = [...(provider === undefined ? catalog.offerings() : catalog.offeringsOf(provider))];
  if (limits.region !== undefined)
    refuseUnknown(
      '--region',
      [limits.region],
      new Set(offerings.flatMap(regionsOf).concat(RESIDENCY_REGIONS)),
    );
  return offerings.filter(
    (offering) =>
      capabilities.every((name) => (offering.capabilities as readonly string[]).includes(name)) &&
      isWithin(limits, {
        inputPrice: offering.prices.input,
        contextTokens: offering.contextTokens,
        regions: regionsOf(offering),
      }),
  );
}

/** Residency regions, and those that its provider names. */
const regionsOf = ({ residency, regions }: Offering): string[] => [...residency, ...regions];

function refuseUnknown(option: string, given: readonly string[], known: Iterable<string>): void {
  const names = new Set(known);
  const other = given.find((name) => !names.has(name));
  if (other !== undefined)
    throw new UsageError(`${option} ${other} is not known; there are ${[...names].slice(0, 20).join(', ')}`);
}

/** An entry of the catalog, for programs. Prices are nano-USD per million units, as texts; what is unknown is absent. */
function entryOf(catalog: Catalog, offering: Offering) {
  const { prices, wireFormat, ...rest } = offering;
  const provider = catalog.provider(offering.provider);
  const format = wireFormat ?? provider?.wireFormat ?? '';
  return {
    ...rest,
    pricesPerMillionNanoUsd: prices,
    providerName: provider?.name,
    providerKind: provider?.kind,
    /** Nobody is routed there who has not asked for it. */
    optIn: provider === undefined || isOptIn(provider),
    wireFormat: format,
    /** Whether Switchyard speaks it: others cannot be configured yet. */
    wireFormatSpoken: findWireFormat(format) !== undefined,
    baseUrl: provider?.baseUrl,
  };
}

function renderOfferings(found: readonly Offering[]): string {
  return renderTable(found, [
    { title: 'MODEL', cell: ({ provider, model }) => `${provider}/${model}` },
    { title: 'INPUT', align: 'right', cell: ({ prices }) => formatCost(prices.input) },
    { title: 'OUTPUT', align: 'right', cell: ({ prices }) => formatCost(prices.output) },
    { title: 'CONTEXT', align: 'right', cell: ({ contextTokens }) => String(contextTokens ?? UNKNOWN) },
    { title: 'REGION', cell: ({ residency }) => residency.join(' ') || UNKNOWN },
    { title: 'CAPABILITIES', cell: ({ capabilities }) => capabilities.join(' ') },
  ]);
}
