import type { Catalog } from '@switchyard/llm';
import type { EnvReader } from '@switchyard/service-kit';
import { OTHER_PRIORITY, type PlannedProvider } from './planned-provider.ts';

/** Printable ASCII without blanks, as HTTP headers take it. */
const KEY_SHAPE = /^[\x21-\x7e]{1,8192}$/;

/**
 * Real providers whose key is in the environment, by the variables that the catalog names, among those whose address was
 * checked by hand: a key goes nowhere else unasked. A variable may also be given as `…_FILE`. What is wrong with a key
 * becomes a problem of the reader's; the key itself is never shown.
 */
export function findByKey(catalog: Catalog, reader: EnvReader): PlannedProvider[] {
  const found: PlannedProvider[] = [];
  for (const { id, name, wireFormat, baseUrl, keyVariables, pickedUp } of catalog.providers()) {
    if (!pickedUp || baseUrl === undefined) continue;
    const variable = keyVariables.find((candidate) => reader.optional(candidate) !== undefined);
    if (variable === undefined) continue;
    const key = reader.text(variable).trim();
    if (!KEY_SHAPE.test(key)) {
      reader.problem(`${variable} can't be a key: it is empty, or holds blanks or letters outside ASCII`);
      continue;
    }
    found.push({
      id,
      displayName: name,
      wireFormat,
      baseUrl,
      key,
      models: [],
      priority: OTHER_PRIORITY,
      simulated: false,
      source: variable,
    });
  }
  return found;
}
