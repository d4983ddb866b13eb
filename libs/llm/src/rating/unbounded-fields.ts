import { parseJsonObject } from '../formats/json.ts';
import type { Envelope } from '../operations/envelope.ts';

/** Fields that pass through and change neither how many tokens are used nor what they cost. */
const HARMLESS: ReadonlySet<string> = new Set([
  'background',
  'logit_bias',
  'metadata',
  'moderation',
  'output_compression',
  'output_format',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'response_format',
  'safety_identifier',
  'store',
  'style',
  'verbosity',
]);

/**
 * Fields by which a request can cost more than its bound: tools that the provider runs itself (web search), other service
 * tiers, other models. A request with one has no upper bound of its cost; under a hard budget it is to be refused.
 *
 * @returns paths of the fields; empty where the bound holds
 */
export function unboundedFields({ passthroughJson }: Pick<Envelope, 'passthroughJson'>): string[] {
  if (passthroughJson === '') return [];
  const fields = parseJsonObject(passthroughJson);
  if (fields === undefined) return ['passthrough_json'];
  return Object.keys(fields)
    .filter((name) => !HARMLESS.has(name))
    .map((name) => `passthrough_json.${name}`);
}
