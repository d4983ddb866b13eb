import type { Catalog } from '@switchyard/llm';
import type { SimulatorOptions, WireFormatName } from '@switchyard/testkit/simulator';
import type { PlannedProvider } from './planned-provider.ts';

/** The only key that the simulated providers take: one that takes any, or needs none, would not be a true picture of a real one. */
const SIMULATED_KEY = 'simulated-key-that-opens-nothing';

/** Who serves where there is no real provider, the preferred one first. The simulator offers more than these. */
const SERVING = [
  { id: 'sim-openai', version: 'v1', priority: 10 },
  { id: 'sim-anthropic', version: 'v1', priority: 20 },
] as const;

/** The two simulated providers that serve where there is no real one. */
export function simulatedProviders(catalog: Catalog, simulatorUrl: string): PlannedProvider[] {
  return SERVING.map(({ id, version, priority }) => {
    const entry = catalog.provider(id);
    if (entry === undefined) throw new TypeError(`the catalog has no provider ${id}`);
    return {
      id,
      displayName: entry.name,
      wireFormat: entry.wireFormat,
      baseUrl: `${simulatorUrl}/${id}/${version}`,
      key: SIMULATED_KEY,
      models: [],
      priority,
      simulated: true,
      source: 'simulated',
    };
  });
}

/** A simulator that serves what the catalog says of its simulated providers. */
export function simulatorFromCatalog(catalog: Catalog): Pick<SimulatorOptions, 'providers'> {
  const simulated = catalog.providers().filter((provider) => provider.simulated);
  const providers = simulated.map(({ id, wireFormat }) => ({
    name: id,
    format: wireFormat as WireFormatName,
    apiKeys: [SIMULATED_KEY],
    models: catalog.offeringsOf(id).map(({ model, capabilities, contextTokens, maxOutputTokens }) => ({
      name: model,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      reasoning: capabilities.includes('reasoning') ? ('on-request' as const) : ('never' as const),
    })),
  }));
  return { providers };
}
