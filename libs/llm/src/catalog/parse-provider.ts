import type { Dialect } from '../formats/dialect.ts';
import type { CatalogProvider } from './catalog.ts';
import { SnapshotError, type SnapshotObject } from './snapshot-object.ts';

const FIELDS = ['id', 'name', 'wireFormat', 'baseUrl', 'keyVariables', 'dialect', 'simulated'];

/** One provider of a snapshot. */
export function parseProvider(object: SnapshotObject): CatalogProvider {
  object.only(FIELDS);
  const baseUrl = object.optionalString('baseUrl');
  const simulated = object.flag('simulated');
  const id = object.string('id');
  if (!simulated && !/^https:\/\/[^/]+(?:\/.*)?[^/]$/.test(baseUrl ?? '')) {
    throw new SnapshotError(`the base URL of ${id} is not an https URL without a slash at the end`);
  }
  return Object.freeze({
    id,
    name: object.string('name'),
    wireFormat: object.oneOf('wireFormat', ['openai-chat', 'anthropic-messages', 'gemini']),
    baseUrl,
    keyVariables: object.strings('keyVariables'),
    dialect: object.has('dialect') ? parseDialect(object.object('dialect')) : undefined,
    simulated,
  });
}

function parseDialect(object: SnapshotObject): Dialect {
  const known = ['known', 'unknown'] as const;
  return Object.freeze({
    maxTokensField: object.oneOf('maxTokensField', ['max_completion_tokens', 'max_tokens']),
    developerRole: object.oneOf('developerRole', ['developer', 'system']),
    seedField: object.has('seedField') ? object.oneOf('seedField', ['seed', 'random_seed']) : undefined,
    topK: object.oneOf('topK', known),
    penalties: object.oneOf('penalties', known),
    streamUsage: object.oneOf('streamUsage', ['on_request', 'always']),
    maxStopTexts: object.count('maxStopTexts'),
    user: object.oneOf('user', known),
    reasoningField: object.has('reasoningField')
      ? object.oneOf('reasoningField', ['reasoning_content'])
      : undefined,
  });
}
