import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/formats/json.ts';
import type { Registry } from '../../registry/registry.ts';
import { positive } from '../positive.ts';
import { type SourceEntry, stated } from '../source-entry.ts';
import { formatOfPackage } from './format-of-package.ts';
import { modeOfModalities } from './mode-of-modalities.ts';
import { readPrices } from './read-prices.ts';
import { readTraits } from './read-traits.ts';

/** Entries of models.dev's `api.json`: provider id → models by id. Prices are USD per million tokens. */
export function readModelsDev(data: JsonObject, registry: Registry): SourceEntry[] {
  return Object.entries(data).flatMap(([sourceId, provider]) => {
    if (!isObject(provider)) return [];
    const id = registry.ofSource('models.dev', sourceId)?.id ?? unreviewedId(sourceId);
    const statedBaseUrl = stringAt(provider, 'api');
    return Object.entries(objectAt(provider, 'models') ?? {}).flatMap(([key, model]) =>
      isObject(model)
        ? [{ ...readModel(model, key), provider: id, at: [sourceId, 'models', key], statedBaseUrl }]
        : [],
    );
  });
}

function readModel(source: JsonObject, key: string): Omit<SourceEntry, 'provider' | 'at'> {
  const modalities = objectAt(source, 'modalities') ?? {};
  const limit = objectAt(source, 'limit') ?? {};
  const takes = (modality: string) => includes(modalities.input, modality);
  const gives = (modality: string) => includes(modalities.output, modality);
  const model = stringAt(source, 'id') || key;
  return {
    source: 'models.dev',
    model,
    name: stringAt(source, 'name') || undefined,
    mode: modeOfModalities(model, { takes, gives }),
    wireFormat: formatOfPackage(objectAt(source, 'provider')),
    contextTokens: positive(limit.context),
    maxOutputTokens: positive(limit.output),
    ...stated({
      vision: takes('image'),
      audio_in: takes('audio'),
      audio_out: gives('audio'),
      image_generation: gives('image'),
      video: takes('video') || gives('video'),
      tools: flag(source.tool_call),
      reasoning: flag(source.reasoning),
      structured_output: flag(source.structured_output),
    }),
    traits: readTraits(source),
    regions: [],
    releasedOn: stringAt(source, 'release_date') || undefined,
    deprecated: source.status === 'deprecated' ? true : undefined,
    prices: readPrices(objectAt(source, 'cost') ?? {}),
  };
}

/** An id as ours are, for a provider that is not in the registry. */
const unreviewedId = (sourceId: string): string =>
  sourceId
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 64);

const includes = (list: unknown, text: string): boolean => Array.isArray(list) && list.includes(text);
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
