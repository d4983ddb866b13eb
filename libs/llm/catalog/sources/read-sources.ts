import { isObject, type JsonObject } from '../../src/formats/json.ts';
import { profileRegion } from '../merge/region-prefix.ts';
import { FILES, FOLDERS, filesIn, type RawFiles, SourceError } from '../origins/raw-files.ts';
import type { Registry } from '../registry/registry.ts';
import { readGenaiPrices } from './genai-prices/read-genai-prices.ts';
import { readLitellm } from './litellm/read-litellm.ts';
import { readModelsDev } from './models-dev/read-models-dev.ts';
import { readPiAi } from './pi-ai/read-pi-ai.ts';
import { readPortkey } from './portkey/read-portkey.ts';
import type { SourceEntry } from './source-entry.ts';

/** Reads everything that the sources say. `day` is the day of which prices are wanted. @throws SourceError */
export function readSources(
  files: RawFiles,
  { registry, day }: { readonly registry: Registry; readonly day: string },
): SourceEntry[] {
  const listed = [
    ...readModelsDev(objectOf(files, FILES.modelsDev), registry),
    ...readLitellm(objectOf(files, FILES.litellm), registry),
    ...filesIn(files, FOLDERS.portkeyPricing).flatMap(([name]) => portkeyOf(name, { files, registry })),
    ...filesIn(files, FOLDERS.piAi).flatMap(([name]) =>
      readPiAi(name, objectOf(files, `${FOLDERS.piAi}/${name}.json`), registry),
    ),
  ];
  const data = jsonOf(files, FILES.genaiPrices);
  return [...listed, ...readGenaiPrices(data, { models: modelsOf(listed), day }, registry)];
}

function portkeyOf(
  name: string,
  { files, registry }: { readonly files: RawFiles; readonly registry: Registry },
): SourceEntry[] {
  const general = `${FOLDERS.portkeyGeneral}/${name}.json`;
  return readPortkey(
    name,
    {
      pricing: objectOf(files, `${FOLDERS.portkeyPricing}/${name}.json`),
      general: files.has(general) ? objectOf(files, general) : undefined,
    },
    registry,
  );
}

/** Models by provider. Those of one region of Bedrock are left out: genai-prices knows base prices only. */
function modelsOf(entries: readonly SourceEntry[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Map<string, string>>();
  for (const { provider, model } of entries) {
    if (profileRegion(provider, model) !== undefined) continue;
    const models = found.get(provider) ?? new Map<string, string>();
    if (!models.has(model.toLowerCase())) models.set(model.toLowerCase(), model);
    found.set(provider, models);
  }
  return new Map([...found].map(([provider, models]) => [provider, [...models.values()]]));
}

function objectOf(files: RawFiles, path: string): JsonObject {
  const data = jsonOf(files, path);
  if (!isObject(data)) throw new SourceError(`${path} is not a JSON object`);
  return data;
}

function jsonOf(files: RawFiles, path: string): unknown {
  const text = files.get(path);
  if (text === undefined) throw new SourceError(`${path} is missing`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceError(
      `${path} is not whole JSON (${text.length} characters): ${(error as Error).message}`,
    );
  }
}
