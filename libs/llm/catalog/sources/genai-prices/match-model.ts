import { isObject, type JsonObject } from '../../../src/formats/json.ts';

/** A text that a rule compares with. */
const CLAUSES: Readonly<Record<string, (model: string, text: string) => boolean>> = {
  equals: (model, text) => model === text,
  starts_with: (model, text) => model.startsWith(text),
  ends_with: (model, text) => model.endsWith(text),
  contains: (model, text) => model.includes(text),
  regex: (model, text) => compile(text)?.test(model) ?? false,
};

/** Longest pattern of a source that is compiled. */
const MAX_PATTERN = 200;

/** Whether a rule of the source means this model. What is not understood means none. */
export function matchesModel(rule: unknown, model: string): boolean {
  if (!isObject(rule)) return false;
  const [[name, operand] = ['', undefined]] = Object.entries(rule as JsonObject);
  if (name === 'or' && Array.isArray(operand)) return operand.some((each) => matchesModel(each, model));
  if (name === 'and' && Array.isArray(operand)) return operand.every((each) => matchesModel(each, model));
  const clause = Object.hasOwn(CLAUSES, name) ? CLAUSES[name] : undefined;
  return clause !== undefined && typeof operand === 'string' && clause(model, operand.toLowerCase());
}

function compile(pattern: string): RegExp | undefined {
  try {
    return pattern.length > MAX_PATTERN ? undefined : new RegExp(pattern, 'i');
  } catch {
    return undefined;
  }
}
