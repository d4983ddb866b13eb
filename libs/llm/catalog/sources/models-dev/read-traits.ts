import { isObject, type JsonObject } from '../../../src/formats/json.ts';
import { positive } from '../positive.ts';

/** Settings that a model takes, as they stand in a snapshot; `undefined` where nothing is stated. */
export function readTraits(source: JsonObject): JsonObject | undefined {
  const options = Array.isArray(source.reasoning_options)
    ? source.reasoning_options.filter(isObject)
    : undefined;
  const effort = options?.find(({ type }) => type === 'effort');
  const budget = options?.find(({ type }) => type === 'budget_tokens');
  const traits = {
    sampling: source.temperature === false ? false : undefined,
    // Without any option stated it is unknown what can be set, rather than nothing.
    reasoningEfforts: textsOf(effort?.values) ?? (budget === undefined ? undefined : []),
    reasoningBudget: budget && { min: positive(budget.min) ?? 0, max: positive(budget.max) },
  };
  return Object.values(traits).every((value) => value === undefined) ? undefined : traits;
}

const textsOf = (values: unknown): string[] | undefined =>
  Array.isArray(values) ? values.filter((value) => typeof value === 'string' && value !== '') : undefined;
